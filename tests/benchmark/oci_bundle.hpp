// SPDX-License-Identifier: Apache-2.0
//
// What runc and its like start: a folder with a root file system and config.json.
#pragma once

#include "common/temporary_folder.hpp"

#include <string>
#include <vector>

namespace benchmark {

/// A read-only root with the host's /usr, the static no-op at /noop, /proc, a minimal /dev and an
/// empty /tmp; the namespaces, capabilities and limits on memory and processes that a box has. The
/// folder is removed with it.
class OciBundle {
 public:
  /// Throws std::runtime_error and std::filesystem::filesystem_error.
  explicit OciBundle(const std::vector<std::string>& argv);

  std::string path() const { return folder_.path(); }

 private:
  common::TemporaryFolder folder_;
};

} // namespace benchmark
