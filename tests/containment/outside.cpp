// SPDX-License-Identifier: Apache-2.0
#include "containment/outside.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

namespace containment {
namespace {

constexpr const char* bounds =
    "ulimit -t 2 && ulimit -v 1048576 && ulimit -f 131072 && ulimit -c 0 && "
    "exec timeout -k 1 5 sh -c ";

std::string quoted(const std::string& text) {
  std::string all = "'";
  for (const char c : text) {
    all += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return all + "'";
}

} // namespace

void Outside::put(const std::string& name, std::string_view bytes) const {
  std::ofstream(folder_ / name, std::ios::binary) << bytes;
}

std::string Outside::run(const std::string& command) {
  const std::string line =
      "cd " + quoted(folder().string()) + " && exec 2>&1 </dev/null && " + bounds + quoted(command);
  std::string said;
  std::FILE* pipe = ::popen(line.c_str(), "re");
  if (pipe == nullptr) {
    throw std::system_error(errno, std::generic_category(), "popen");
  }
  char bytes[65536];
  for (std::size_t size = 0; (size = std::fread(bytes, 1, sizeof bytes, pipe)) > 0;) {
    if (said.size() < (8U << 20U)) {
      said.append(bytes, size);
    }
  }
  const int status = ::pclose(pipe);
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return said;
}

} // namespace containment
