// SPDX-License-Identifier: Apache-2.0
#include "machine.hpp"

#include <nlohmann/json.hpp>

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>

namespace benchmark {
namespace {

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) {
      return line.substr(line.find(':') + 2);
    }
  }
  return "unknown";
}

} // namespace

nlohmann::ordered_json describe_machine() {
  utsname host{};
  ::uname(&host);
  const bool v2 = ::access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;
  return {{"kernel", host.release},
          {"machine", host.machine},
          {"processor", processor()},
          {"cores", std::thread::hardware_concurrency()},
          {"memory_mib", (::sysconf(_SC_PHYS_PAGES) * ::sysconf(_SC_PAGESIZE)) >> 20},
          {"cgroup_version", v2 ? 2 : 1}};
}

ProcessorTime processor_time() {
  constexpr int stolen_place = 7;
  constexpr int places = 8; // what follows is counted in these
  std::ifstream file("/proc/stat");
  std::string word;
  file >> word;
  ProcessorTime time;
  for (int place = 0; place < places; ++place) {
    double ticks = 0;
    file >> ticks;
    time.all += ticks;
    time.stolen += place == stolen_place ? ticks : 0;
  }
  return time;
}

} // namespace benchmark
