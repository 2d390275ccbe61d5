// SPDX-License-Identifier: Apache-2.0
#include "cpu_clock.hpp"

#include <dirent.h>

#include <cstdlib>

namespace sandbox::init {
namespace {

/// The CPU clock of another process, as clock_getcpuclockid(3) makes it.
constexpr clockid_t process_clock(int pid) noexcept {
  constexpr unsigned scheduler_clock = 2;
  return static_cast<clockid_t>((~static_cast<unsigned>(pid) << 3) | scheduler_clock);
}

} // namespace

std::uint64_t clock_ns(clockid_t clock) noexcept {
  timespec time{};
  if (::clock_gettime(clock, &time) != 0) {
    return 0;
  }
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t living_cpu_ns() noexcept {
  DIR* processes = ::opendir("/proc");
  if (processes == nullptr) {
    return 0;
  }
  std::uint64_t total = 0;
  while (const dirent* entry = ::readdir(processes)) {
    const int pid = std::atoi(entry->d_name);
    if (pid > 1) {
      total += clock_ns(process_clock(pid));
    }
  }
  ::closedir(processes);
  return total;
}

} // namespace sandbox::init
