// SPDX-License-Identifier: Apache-2.0
//
// One check under way: its boxes, and what was found wrong.
#pragma once

#include "containment/check.hpp"
#include "containment/observation.hpp"

#include <sandbox/backend.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace containment {

class Trial {
 public:
  Trial(sandbox::Backend& backend, const Check& check, std::string mark,
        std::filesystem::path canary);

  sandbox::Backend& backend() noexcept { return backend_; }
  bool native() const { return backend_.name() == "native"; }

  /// The check's box, opened by the first call, with the attack program in it.
  sandbox::Session& box();
  /// A box beside it.
  std::unique_ptr<sandbox::Session> another_box() const;
  /// Ends the check's box; the next call of box() opens another.
  void close_box() { box_.reset(); }

  /// Runs the attack program. Its processes carry the check's mark.
  Observation run(const std::vector<std::string>& arguments, const Check::Change& change = {});
  Observation run(sandbox::Session& session, const std::vector<std::string>& arguments,
                  const Check::Change& change = {});
  /// Runs another program.
  Observation run_command(sandbox::Session& session, const sandbox::Command& command) const;

  /// Remembers a failure unless `right`.
  void expect(bool right, const std::string& otherwise);
  /// Verdict, exit status and errors are those of the check.
  void expect_contained(const Observation& seen);

  /// The time that the limits of all runs so far allow.
  std::chrono::nanoseconds allowed_time() const noexcept {
    return std::chrono::nanoseconds{allowed_ns_};
  }
  const std::vector<std::string>& failures() const noexcept { return failures_; }
  const std::string& mark() const noexcept { return mark_; }
  /// A directory of the host's with the files that an attacker would like to reach.
  const std::filesystem::path& canary() const noexcept { return canary_; }

 private:
  sandbox::Backend& backend_;
  const Check& check_;
  std::string mark_;
  std::filesystem::path canary_;
  std::unique_ptr<sandbox::Session> box_;
  std::vector<std::string> failures_;
  std::atomic<std::chrono::nanoseconds::rep> allowed_ns_{0}; // some checks run two boxes at a time
};

/// The attack program's bytes.
const std::string& attack_program();
/// Where the attack program lies on the host.
std::string attack_path();

} // namespace containment
