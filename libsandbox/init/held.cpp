// SPDX-License-Identifier: Apache-2.0
#include "held.hpp"

#include "figures.hpp"
#include "os/fd.hpp"
#include "renewal.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
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
    const os::Fd file(::openat(::dirfd(tasks), path, O_RDONLY | O_CLOEXEC));
    char text[4096];
    const long size = file ? ::read(file.get(), text, sizeof text - 1) : -1;
    if (size > 0) {
      text[size] = '\0';
      all.voluntary += counted(text, "\nvoluntary_ctxt_switches:\t");
      all.involuntary += counted(text, "\nnonvoluntary_ctxt_switches:\t");
    }
  }
  ::closedir(tasks);
  return all;
}

void end_held(const SlotState& slot) noexcept {
  ::kill(-1, SIGKILL);
  while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  renumber(slot);
}

} // namespace sandbox::init
