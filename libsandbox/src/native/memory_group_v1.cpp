// SPDX-License-Identifier: Apache-2.0
#include "native/memory_group_v1.hpp"

#include "native/counter.hpp"
#include "os/file.hpp"

#include <sandbox/error.hpp>

#include <fcntl.h>

#include <algorithm>
#include <string>

namespace sandbox::native {
namespace {

std::uint64_t number_in(const os::Fd& file, const char* name) {
  const auto number = parse_counter(os::read_fd(file.get()));
  if (!number) {
    throw Error(ErrorCode::setup_failed, std::string("read ") + name, "it holds no number");
  }
  return *number;
}

} // namespace

bool host_has_swap() {
  const std::string swaps = os::read_file(AT_FDCWD, "/proc/swaps");
  return std::count(swaps.begin(), swaps.end(), '\n') > 1;
}

MemoryGroupV1::MemoryGroupV1(int directory)
    : directory_(directory), usage_(os::open_at(directory, "memory.usage_in_bytes", O_RDONLY)),
      events_(os::open_at(directory, "memory.oom_control", O_RDONLY)),
      limit_(os::open_at(directory, "memory.limit_in_bytes", O_WRONLY)),
      memory_and_swap_limit_(
          os::open_at_if_there(directory, "memory.memsw.limit_in_bytes", O_WRONLY)),
      peak_(os::open_at(directory, "memory.max_usage_in_bytes", O_RDONLY)) {
  if (host_has_swap()) {
    memory_and_swap_peak_ =
        os::open_at_if_there(directory, "memory.memsw.max_usage_in_bytes", O_RDWR);
  }
}

std::uint64_t MemoryGroupV1::usage() const {
  return number_in(usage_, "memory.usage_in_bytes");
}

void MemoryGroupV1::set_limit(std::uint64_t bytes) {
  const std::string value = bytes == unlimited ? "-1" : std::to_string(bytes);
  if (value == last_limit_) {
    return;
  }
  // memory+swap may never be below memory: lift it out of the way first.
  if (memory_and_swap_limit_ && !last_limit_.empty()) {
    os::write_fd(memory_and_swap_limit_.get(), "-1", "memory.memsw.limit_in_bytes");
  }
  last_limit_.clear();
  os::write_fd(limit_.get(), value, "memory.limit_in_bytes");
  if (memory_and_swap_limit_) {
    os::write_fd(memory_and_swap_limit_.get(), value, "memory.memsw.limit_in_bytes");
  }
  last_limit_ = value;
  limit_bytes_ = bytes;
}

void MemoryGroupV1::set_socket_limit(std::uint64_t bytes) {
  os::write_file(directory_, "memory.kmem.tcp.limit_in_bytes", std::to_string(bytes));
}

void MemoryGroupV1::reset_swap_peak() {
  if (memory_and_swap_peak_) {
    os::write_fd(memory_and_swap_peak_.get(), "0", "memory.memsw.max_usage_in_bytes");
  }
}

std::optional<std::uint64_t> MemoryGroupV1::out_of_memory_kills() const {
  return parse_counter(os::read_fd(events_.get()), "oom_kill");
}

bool MemoryGroupV1::limit_was_reached() const {
  constexpr std::uint64_t last_charge = MiB; // what did not fit any more is not in the peak
  const os::Fd& peak = memory_and_swap_peak_ ? memory_and_swap_peak_ : peak_;
  return limit_bytes_ != unlimited &&
         number_in(peak, "the peak of memory") + last_charge >= limit_bytes_;
}

} // namespace sandbox::native
