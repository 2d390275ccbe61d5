// SPDX-License-Identifier: Apache-2.0
//
// What a supervisor without care does with a program and with what it left: the controls of attacks
// on the supervisor.
#pragma once

#include "common/temporary_folder.hpp"
#include "containment/cage.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace containment {

/// A directory that attacks in the cage see as /shared, and files beside it that they would like to
/// reach. Removed with all that is in it.
class Shared {
 public:
  Shared();
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared();

  /// The host's name of a file in /shared.
  std::filesystem::path at(const std::string& name) const { return directory_ / "shared" / name; }
  /// Out of reach of the attack itself.
  std::filesystem::path victim() const { return directory_ / "victim" / "alone"; }
  bool victim_is_unchanged() const;

  Cage::Ran run(Cage& cage, std::vector<std::string> attack,
                std::vector<std::string> options = {}) const;

 private:
  common::TemporaryFolder directory_{"shared", 0755};
};

/// Writes input to the attack program, with nobody reading what it writes, until that is no longer
/// possible. Whether a write ended with this error: EAGAIN means that a plain one would wait for
/// ever.
bool feed(const std::vector<std::string>& attack, int expected);

/// Runs the attack program with this file, opened for both, as its input.
void run_on_file(const std::vector<std::string>& attack, const std::filesystem::path& input);

/// Whether opening the file, for reading or writing, waits for somebody else.
bool open_waits(const std::filesystem::path& path, int flags);

} // namespace containment
