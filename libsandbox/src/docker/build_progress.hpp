// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/images.hpp>

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace sandbox::docker {

/// Finds the steps in what a build prints, and keeps the last lines for when it fails.
class BuildProgress {
 public:
  /// Adds a part, which may end anywhere; the last step that began in it.
  std::optional<ImageProgress> add(std::string_view part);

  /// The end of what the build printed, in one printable line.
  std::string tail() const;

 private:
  std::optional<ImageProgress> finish_line();

  std::string line_;
  std::deque<std::string> last_;
};

} // namespace sandbox::docker
