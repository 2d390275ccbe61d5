// SPDX-License-Identifier: Apache-2.0
//
// Whether this worker does what a job asks for, and under which limits.
#pragma once

#include "config.hpp"
#include "job.hpp"
#include "languages.hpp"
#include "text.hpp"

#include <stdexcept>
#include <string>

namespace worker {

/// Understood, and refused for good: another try would end the same. Becomes a result.
class Refusal : public std::runtime_error {
 public:
  Refusal(std::string code, const std::string& message)
      : std::runtime_error(beginning(message, max_message_bytes)), code_(std::move(code)) {}
  const std::string& code() const noexcept {
    return code_;
  } // "unknown_language", "limit_too_high", "invalid"

 private:
  std::string code_;
};

struct Admitted {
  const sandbox::Recipe* recipe; // the languages'
  sandbox::Limits run_limits;
};

/// Throws Refusal.
Admitted admit(const Job& job, const Languages& languages, const MaximaConfig& maxima);

} // namespace worker
