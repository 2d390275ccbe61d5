// SPDX-License-Identifier: Apache-2.0
#include "cache/machine.hpp"

#include "os/file.hpp"

#include <fcntl.h>
#include <sys/utsname.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

namespace sandbox::cache {
namespace {

/// Of several architectures; the others tell of one processor's clock or place.
constexpr std::string_view telling[] = {"vendor_id",
                                        "cpu family",
                                        "model",
                                        "model name",
                                        "stepping",
                                        "flags",
                                        "CPU implementer",
                                        "CPU variant",
                                        "CPU part",
                                        "Features",
                                        "CPU architecture",
                                        "CPU revision",
                                        "cpu",
                                        "revision",
                                        "isa",
                                        "uarch",
                                        "features",
                                        "mvendorid",
                                        "marchid",
                                        "mimpid"};

} // namespace

std::string processor_kinds(std::string_view cpuinfo) {
  std::set<std::string> kinds;
  std::istringstream lines{std::string(cpuinfo)};
  for (std::string line; std::getline(lines, line);) {
    const std::string_view name = std::string_view(line).substr(0, line.find_first_of("\t:"));
    const std::size_t end = name.find_last_not_of(' ');
    if (end != std::string_view::npos && std::find(std::begin(telling), std::end(telling),
                                                   name.substr(0, end + 1)) != std::end(telling)) {
      kinds.insert(line);
    }
  }
  std::string text;
  for (const std::string& kind : kinds) {
    text += kind + '\n';
  }
  return text;
}

std::string this_machine() {
  utsname about{};
  ::uname(&about);
  return std::string(about.machine) + '\n' +
         processor_kinds(os::read_file(AT_FDCWD, "/proc/cpuinfo"));
}

} // namespace sandbox::cache
