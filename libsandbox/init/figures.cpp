// SPDX-License-Identifier: Apache-2.0
#include "figures.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace sandbox::init {
namespace {

constexpr std::uint64_t ns_per_us = 1000;
constexpr std::size_t max_text = 4096;

bool read_text(int file, char (&text)[max_text]) noexcept {
  const long size = file < 0 ? -1 : ::pread(file, text, sizeof text - 1, 0);
  text[std::max(size, 0L)] = '\0';
  return size > 0;
}

std::uint64_t read_figure(int file, const char* key) noexcept {
  char text[max_text];
  return read_text(file, text) ? parse_figure(text, key) : wire::not_measured;
}

bool is_control_group(const struct statfs& about) noexcept {
  return about.f_type == CGROUP_SUPER_MAGIC || about.f_type == CGROUP2_SUPER_MAGIC;
}

int open_control_file(int directory, const char* name) noexcept {
  const int file = ::openat(directory, name, O_RDONLY | O_CLOEXEC);
  struct statfs about {};
  if (file >= 0 && (::fstatfs(file, &about) != 0 || !is_control_group(about))) {
    ::close(file);
    return -1;
  }
  return file;
}

std::uint64_t from_us(std::uint64_t us) noexcept {
  return us == wire::not_measured ? us : us * ns_per_us;
}

} // namespace

std::uint64_t parse_figure(const char* text, const char* key) noexcept {
  if (key != nullptr) {
    const std::size_t length = std::strlen(key);
    // At the start of a line and followed by a space: "oom_kill" must not find "oom_kill_disable".
    for (;;) {
      if (std::strncmp(text, key, length) == 0 && text[length] == ' ') {
        text += length + 1;
        break;
      }
      const char* end = std::strchr(text, '\n');
      if (end == nullptr) {
        return wire::not_measured;
      }
      text = end + 1;
    }
  }
  if (*text < '0' || *text > '9') {
    return wire::not_measured;
  }
  std::uint64_t value = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value) ||
        __builtin_add_overflow(value, static_cast<std::uint64_t>(*text - '0'), &value)) {
      return wire::not_measured;
    }
  }
  return value;
}

Figures::Figures(const Figures* otherwise) noexcept : otherwise_(otherwise) {
  for (int& file : files_) {
    file = -1;
  }
}

void Figures::adopt(std::uint32_t present, Descriptors& descriptors) noexcept {
  for (unsigned i = 0; i < static_cast<unsigned>(wire::Figure::count); ++i) {
    files_[i] = (present >> i & 1U) != 0 ? descriptors.take() : -1;
  }
}

void Figures::open_container_group() noexcept {
  constexpr struct {
    wire::Figure figure;
    const char* v1;
    const char* v2;
  } files[] = {
      {wire::Figure::cpu_usage, "cpuacct/cpuacct.usage", "cpu.stat"},
      {wire::Figure::memory_usage, "memory/memory.usage_in_bytes", "memory.current"},
      {wire::Figure::memory_peak, "memory/memory.max_usage_in_bytes", "memory.peak"},
      {wire::Figure::memory_events, "memory/memory.oom_control", "memory.events"},
      {wire::Figure::pids_events, "pids/pids.events", "pids.events"},
      {wire::Figure::pids_peak, "pids/pids.peak", "pids.peak"},
  };
  const std::uint8_t version = container_group_version();
  const int root = ::open("/sys/fs/cgroup", O_PATH | O_DIRECTORY | O_CLOEXEC);
  for (const auto& each : files) {
    files_[static_cast<int>(each.figure)] =
        open_control_file(root, version == 2 ? each.v2 : each.v1);
  }
  ::close(root);
}

bool is_control_file(const char* path) noexcept {
  struct statfs about {};
  return ::statfs(path, &about) == 0 && is_control_group(about);
}

std::uint8_t container_group_version() noexcept {
  if (is_control_file("/sys/fs/cgroup/cgroup.controllers")) {
    return 2;
  }
  return is_control_file("/sys/fs/cgroup/memory/memory.limit_in_bytes") ? 1 : 0;
}

void Figures::close() noexcept {
  for (int& file : files_) {
    if (file >= 0) {
      ::close(file);
      file = -1;
    }
  }
}

int Figures::file(wire::Figure figure) const noexcept {
  const int own = files_[static_cast<int>(figure)];
  return own < 0 && otherwise_ != nullptr ? otherwise_->file(figure) : own;
}

// cpuacct.usage of v1 holds nanoseconds and no more; cpu.stat of v2 has microseconds behind a key.
std::uint64_t Figures::cpu_ns() const noexcept {
  const int usage = file(wire::Figure::cpu_usage);
  char text[max_text];
  if (!read_text(usage, text)) {
    return wire::not_measured;
  }
  const std::uint64_t bare = parse_figure(text, nullptr);
  return bare != wire::not_measured ? bare : from_us(parse_figure(text, "usage_usec"));
}

std::uint64_t Figures::memory_usage() const noexcept {
  return read_figure(file(wire::Figure::memory_usage), nullptr);
}

std::uint64_t Figures::memory_peak() const noexcept {
  return read_figure(file(wire::Figure::memory_peak), nullptr);
}

std::uint64_t Figures::oom_kills() const noexcept {
  return read_figure(file(wire::Figure::memory_events), "oom_kill");
}

std::uint64_t Figures::process_limit_hits() const noexcept {
  return read_figure(file(wire::Figure::pids_events), "max");
}

std::uint64_t Figures::processes_peak() const noexcept {
  return read_figure(file(wire::Figure::pids_peak), nullptr);
}

bool Figures::reset_memory_peak() const noexcept {
  const int peak = file(wire::Figure::memory_peak);
  return peak >= 0 && ::pwrite(peak, "0", 1, 0) == 1;
}

} // namespace sandbox::init
