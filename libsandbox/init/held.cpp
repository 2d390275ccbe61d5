// SPDX-License-Identifier: Apache-2.0
#include "held.hpp"

#include "figures.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace sandbox::init {
namespace {

std::uint64_t counted(const char* status, const char* key) noexcept {
  const char* line = std::strstr(status, key);
  const std::uint64_t figure =
      line == nullptr ? wire::not_measured : parse_figure(line + std::strlen(key), nullptr);
  return figure == wire::not_measured ? 0 : figure;
}

} // namespace

Switches switches_of(int pid) noexcept {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR* tasks = ::opendir(path);
  if (tasks == nullptr) {
    return {};
  }
  Switches all;
  while (const dirent* entry = ::readdir(tasks)) {
    std::snprintf(path, sizeof path, "%.20s/status", entry->d_name);
    const int file = ::openat(::dirfd(tasks), path, O_RDONLY | O_CLOEXEC);
    char text[4096];
    const long size = file < 0 ? -1 : ::read(file, text, sizeof text - 1);
    if (size > 0) {
      text[size] = '\0';
      all.voluntary += counted(text, "\nvoluntary_ctxt_switches:\t");
      all.involuntary += counted(text, "\nnonvoluntary_ctxt_switches:\t");
    }
    if (file >= 0) {
      ::close(file);
    }
  }
  ::closedir(tasks);
  return all;
}

} // namespace sandbox::init
