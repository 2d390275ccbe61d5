// SPDX-License-Identifier: Apache-2.0
//
// What no attack may change: looked at before and after every check.
#pragma once

#include "common/temporary_folder.hpp"
#include "containment/trial.hpp"

#include <sandbox/backend.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace containment {

/// Files that an attacker would like to reach: one by itself and one with a second name (hard
/// link). Any change of content, owner, mode, time or links shows.
class Canary {
 public:
  Canary();
  const std::filesystem::path& directory() const noexcept { return directory_.path(); }
  static constexpr const char* text = "the canary sings";
  std::vector<std::string> state() const;
  bool is_overwritten() const;

 private:
  common::TemporaryFolder directory_{"canary"};
};

class Host {
 public:
  explicit Host(sandbox::Backend& backend);

  /// Before a check.
  void remember();
  /// After it, its boxes closed: what is not as it was. `mark` is the one of the check.
  std::vector<std::string> changes(const std::string& mark);

  const Canary& canary() const noexcept { return canary_; }

 private:
  struct State {
    std::vector<std::string> canary;
    std::vector<std::string> mounts;
    std::size_t descriptors;
    std::size_t rss_bytes;
  };
  State look() const;
  void make_places(const sandbox::Environment& environment);

  sandbox::Backend& backend_;
  Canary canary_;
  std::unique_ptr<sandbox::Session> neighbour_;
  State before_;
};

/// Processes of this host that have this text among their arguments.
std::vector<int> processes_with(const std::string& argument);

} // namespace containment
