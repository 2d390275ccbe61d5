// SPDX-License-Identifier: Apache-2.0
//
// One stage to run in a box.
#pragma once

#include <sandbox/input.hpp>
#include <sandbox/limits.hpp>

#include <string>
#include <utility>
#include <vector>

namespace sandbox {

struct Command {
  /// argv[0] is the program: an absolute path, a path with a slash relative to /box, or a name
  /// looked up in the PATH of `env`. Never given to a shell.
  std::vector<std::string> argv{};

  /// The whole environment, beside PATH, HOME and LANG, whose defaults an entry here replaces.
  /// Nothing of the caller's environment is inherited.
  std::vector<std::pair<std::string, std::string>> env{};

  Input input{};
  Limits limits{};
};

} // namespace sandbox
