// SPDX-License-Identifier: Apache-2.0
#include "waiting_boxes.hpp"

#include "common/file.hpp"
#include "soak/holdings.hpp"

#include <unistd.h>

#include <filesystem>
#include <initializer_list>
#include <sstream>
#include <string_view>

namespace benchmark {
namespace {

/// The sum of the lines "NAME: N kB" whose name is one of `names`.
double sum_kib(const std::string& text, std::initializer_list<std::string_view> names) {
  double sum = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    for (const std::string_view name : names) {
      if (line.starts_with(name) && line[name.size()] == ':') {
        sum += std::stod(line.substr(name.size() + 1));
      }
    }
  }
  return sum;
}

/// What is in use of the kernel's objects. The host's sum counts room that earlier boxes left, and
/// that new ones fill unseen; where it alone may be read, few boxes seem to take too little.
double objects_kib(const std::string& host) {
  std::istringstream lines(common::read_file("/proc/slabinfo"));
  double bytes = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string name;
    double in_use = 0;
    double all = 0;
    double size = 0;
    if (fields >> name >> in_use >> all >> size) {
      bytes += in_use * size;
    }
  }
  return bytes > 0 ? bytes / 1024 : sum_kib(host, {"Slab"});
}

double descendants_kib(const std::string& process) {
  double sum = 0;
  std::error_code error;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + process + "/task", error)) {
    std::istringstream children(common::read_file(task.path() / "children"));
    for (std::string child; children >> child;) {
      sum += sum_kib(common::read_file("/proc/" + child + "/smaps_rollup"), {"Pss"}) +
             descendants_kib(child);
    }
  }
  return sum;
}

double charged_kib(const std::string& cgroup_parent) {
  constexpr double kib = 1024;
  for (const std::string& group : soak::parent_groups(cgroup_parent)) {
    for (const char* file : {"/memory.usage_in_bytes", "/memory.current"}) {
      if (const std::string bytes = common::read_file(group + file); !bytes.empty()) {
        return std::stod(bytes) / kib;
      }
    }
  }
  return 0;
}

} // namespace

Holding held_now(const std::string& cgroup_parent) {
  const std::string host = common::read_file("/proc/meminfo");
  const soak::Holdings own = soak::holdings(cgroup_parent);
  return {.processes_kib = descendants_kib(std::to_string(::getpid())),
          .charged_kib = charged_kib(cgroup_parent),
          .pages_kib = sum_kib(host, {"AnonPages", "Shmem", "PageTables"}),
          .objects_kib = objects_kib(host),
          .percpu_kib = sum_kib(host, {"Percpu"}),
          .vmalloc_kib = sum_kib(host, {"VmallocUsed"}),
          .supervisor_kib = static_cast<double>(own.rss_bytes) / 1024,
          .descriptors = static_cast<double>(own.descriptors)};
}

void WaitingBoxes::grow_to(std::size_t count) {
  while (sessions_.size() < count) {
    sessions_.push_back(backend_.open({}));
  }
}

} // namespace benchmark
