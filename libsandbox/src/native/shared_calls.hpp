// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/error.hpp>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace sandbox::native {

/// A call that tells how something is now, made by one thread at a time; those that ask while it
/// runs share the next one, as what the running one looked at may have changed since. Thread-safe.
class SharedCalls {
 public:
  explicit SharedCalls(std::function<std::string()> call) : call_(std::move(call)) {}

  /// What a call told that began after this one. Throws Error as it did.
  std::string operator()();

 private:
  struct Answer {
    std::string text;
    std::optional<Error> failure;
  };
  Answer answer() const;

  std::function<std::string()> call_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::uint64_t begun_{0};
  std::uint64_t answered_{0};
  Answer last_;
};

} // namespace sandbox::native
