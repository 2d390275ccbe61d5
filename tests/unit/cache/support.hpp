// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cache/store.hpp"
#include "common/temporary_folder.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace cached {

inline std::string key(unsigned number) {
  const std::string digits = std::to_string(number);
  return std::string(64 - digits.size(), '0') + digits;
}

/// What a compile stage might have left.
inline sandbox::StageReport stage() {
  sandbox::StageReport stage;
  stage.stage = sandbox::Stage::compile;
  sandbox::Result& result = stage.result;
  result.exit_code = 0;
  result.backend = "native";
  result.usage.wall_time = std::chrono::milliseconds(40);
  result.usage.cpu_user = std::chrono::milliseconds(20);
  result.usage.memory_peak_bytes = 12345;
  result.usage.standard_error = {7, 7, false};
  result.touched = {{"processes", 3}};
  result.guarantees = {{"memory_cgroup", true, "v1"}, {"landlock", false, "too old"}};
  stage.standard_error = {"warn", "ing", 7};
  return stage;
}

inline sandbox::cache::Head head(unsigned number, const std::vector<std::string>& contents) {
  sandbox::cache::Head head{key(number), stage(), {}};
  for (std::size_t i = 0; i < contents.size(); ++i) {
    head.files.push_back({"out/" + std::to_string(i), contents[i].size(), i == 0, {}});
  }
  return head;
}

inline void put(const sandbox::cache::Store& store, unsigned number,
                const std::vector<std::string>& contents) {
  std::size_t next = 0;
  store.put(head(number, contents),
            [&](const sandbox::cache::StoredFile&) { return contents.at(next++); });
}

inline std::vector<std::string> contents(sandbox::cache::EntryReader& reader) {
  std::vector<std::string> all;
  while (const auto content = reader.next()) {
    all.push_back(content->bytes);
  }
  return all;
}

inline std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

} // namespace cached
