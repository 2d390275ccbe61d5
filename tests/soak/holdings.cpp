// SPDX-License-Identifier: Apache-2.0
#include "soak/holdings.hpp"

#include "common/file.hpp"
#include "common/memory.hpp"
#include "common/mounts.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

namespace soak {
namespace {

namespace fs = std::filesystem;

std::size_t count_entries(const fs::path& path) {
  std::error_code error;
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(path, error), fs::directory_iterator()));
}

/// Field 4 of /proc/PID/stat; 0 when there is no such process.
int parent_of(int pid) {
  const std::string stat = common::read_file("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) {
    return 0;
  }
  std::istringstream rest(stat.substr(name_end + 1));
  std::string state;
  int parent = 0;
  rest >> state >> parent;
  return parent;
}

std::multimap<int, int> children_by_parent() {
  std::multimap<int, int> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    int pid = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failed == std::errc{} && end == name.data() + name.size()) {
      all.emplace(parent_of(pid), pid);
    }
  }
  return all;
}

std::size_t count_descendants() {
  const std::multimap<int, int> children = children_by_parent();
  std::vector<int> open{::getpid()};
  std::size_t count = 0;
  while (!open.empty()) {
    const auto [first, last] = children.equal_range(open.back());
    open.pop_back();
    for (auto each = first; each != last; ++each) {
      open.push_back(each->second);
      ++count;
    }
  }
  return count;
}

std::size_t count_groups(const std::string& cgroup_parent) {
  std::size_t count = 0;
  for (const std::string& parent : parent_groups(cgroup_parent)) {
    std::error_code error;
    for (fs::recursive_directory_iterator entry(parent, error), end; !error && entry != end;
         entry.increment(error)) {
      count += entry->is_directory(error) ? 1 : 0;
    }
  }
  return count;
}

} // namespace

std::vector<std::string> parent_groups(const std::string& cgroup_parent) {
  // Some names of hierarchies are links to others.
  std::set<std::string> all;
  for (const char* hierarchy : {"", "unified", "memory", "pids", "cpuacct", "cpu"}) {
    std::error_code error;
    const fs::path path =
        fs::canonical(fs::path("/sys/fs/cgroup") / hierarchy / cgroup_parent.substr(1), error);
    if (!error) {
      all.insert(path);
    }
  }
  return {all.begin(), all.end()};
}

Holdings holdings(const std::string& cgroup_parent) {
  Holdings now;
  now.rss_bytes = common::resident_bytes();
  now.descriptors = count_entries("/proc/self/fd");
  now.threads = count_entries("/proc/self/task");
  now.processes = count_descendants();
  now.mounts = common::own_mounts().size();
  now.groups = count_groups(cgroup_parent);
  return now;
}

} // namespace soak
