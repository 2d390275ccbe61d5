// SPDX-License-Identifier: Apache-2.0
//
// What a user hands in.
#pragma once

#include <sandbox/input.hpp>

#include <string>
#include <utility>
#include <vector>

namespace sandbox {

struct SourceFile {
  /// Relative to /box; the same rules as Session::put_file. Empty for the first file: the recipe's
  /// own name.
  std::string path{};
  std::string bytes{};
};

struct Submission {
  /// The first is the main source.
  std::vector<SourceFile> files{};
  /// Arguments of the program.
  std::vector<std::string> args{};
  /// Added to the recipe's environment.
  std::vector<std::pair<std::string, std::string>> env{};
  /// What the run stage reads. A compile stage reads nothing.
  Input input{};
};

} // namespace sandbox
