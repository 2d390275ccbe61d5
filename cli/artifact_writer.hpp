// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "descriptor.hpp"

#include <sandbox/report.hpp>

#include <filesystem>
#include <vector>

namespace sandbox::cli {

/// Where artifacts go, opened before the run so that a bad name costs nothing. Throws Error.
class ArtifactFolder {
 public:
  explicit ArtifactFolder(const std::filesystem::path& path);

  /// Makes folders as needed. The names are the program's: no link is followed, no name leads out,
  /// and what exists is left alone unless `force`. Throws Error.
  void write(const std::vector<Artifact>& artifacts, bool force) const;

 private:
  Descriptor folder_;
};

} // namespace sandbox::cli
