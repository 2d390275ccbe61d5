// SPDX-License-Identifier: Apache-2.0
#include "recipe/keys.hpp"

namespace sandbox::recipe {

const std::vector<std::string_view>& recipe_keys() {
  static const std::vector<std::string_view> keys{
      "schema",  "id",  "title", "aliases",    "extensions", "source",  "artifact",
      "compile", "run", "image", "dockerfile", "native",     "version", "tests"};
  return keys;
}

const std::vector<std::string_view>& stage_keys() {
  static const std::vector<std::string_view> keys{"argv", "env", "limits"};
  return keys;
}

const std::vector<std::string_view>& limit_keys() {
  static const std::vector<std::string_view> keys{
      "cpu_time",  "wall_time", "memory",      "processes",  "cores", "output",
      "file_size", "disk",      "disk_inodes", "open_files", "stack"};
  return keys;
}

const std::vector<std::string_view>& native_keys() {
  static const std::vector<std::string_view> keys{"executables", "extra_paths", "debian_packages"};
  return keys;
}

const std::vector<std::string_view>& test_keys() {
  static const std::vector<std::string_view> keys{"name", "source", "files",   "input",
                                                  "args", "output", "verdict", "exit_code"};
  return keys;
}

} // namespace sandbox::recipe
