// SPDX-License-Identifier: Apache-2.0
//
// Shell commands without a sandbox, in a folder of their own: the positive controls of what is
// compiled. Only what is bounded by these limits belongs here.
#pragma once

#include "common/temporary_folder.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace containment {

class Outside {
 public:
  void put(const std::string& name, std::string_view bytes) const;
  /// What the command says on both streams. It has 2 s of CPU and 5 s, 1 GiB of addresses, and
  /// files of 64 MiB.
  std::string run(const std::string& command);
  /// Of the last command; 128 + N after signal N.
  int status() const noexcept { return status_; }
  const std::filesystem::path& folder() const noexcept { return folder_.path(); }

 private:
  common::TemporaryFolder folder_{"outside"};
  int status_{0};
};

} // namespace containment
