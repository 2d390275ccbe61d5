// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace sandbox::docker {

struct ArchiveFile {
  std::string name;
  std::string bytes;
  unsigned mode{0644};
};

/// A tar archive of regular files, owned by root. Throws Error(resource).
std::string make_archive(const std::vector<ArchiveFile>& files);

} // namespace sandbox::docker
