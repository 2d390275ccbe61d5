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

constexpr const char* usage_file = "memory.usage_in_bytes";
constexpr const char* swap_limit_file = "memory.memsw.limit_in_bytes";
constexpr const char* swap_peak_file = "memory.memsw.max_usage_in_bytes";

std::uint64_t number_in(const std::string& text, const char* name) {
  const auto number = parse_counter(text);
  if (!number) {
    throw Error(ErrorCode::setup_failed, std::string("read ") + name, "it holds no number");
  }
  return *number;
}

bool is_there(int directory, const std::string& path) {
  return static_cast<bool>(os::open_at_if_there(directory, path, O_WRONLY));
}

} // namespace

bool host_has_swap() {
  const std::string swaps = os::read_file(AT_FDCWD, "/proc/swaps");
  return std::count(swaps.begin(), swaps.end(), '\n') > 1;
}

MemoryGroupV1::MemoryGroupV1(int parent, std::string name)
    : parent_(parent), name_(std::move(name)),
      usage_(os::open_at(parent_, path(usage_file), O_RDONLY)),
      events_(os::open_at(parent_, path("memory.oom_control"), O_RDONLY)),
      limits_swap_(is_there(parent_, path(swap_limit_file))),
      has_swap_peak_(host_has_swap() && is_there(parent_, path(swap_peak_file))) {}

std::uint64_t MemoryGroupV1::usage() const {
  return number_in(os::read_record(usage_.get()), usage_file);
}

void MemoryGroupV1::set_limit(std::uint64_t bytes) {
  const std::string value = bytes == unlimited ? "-1" : std::to_string(bytes);
  if (value == last_limit_) {
    return;
  }
  // memory+swap may never be below memory: lift it out of the way first.
  if (limits_swap_ && !last_limit_.empty()) {
    os::write_file(parent_, path(swap_limit_file), "-1");
  }
  last_limit_.clear();
  os::write_file(parent_, path("memory.limit_in_bytes"), value);
  if (limits_swap_) {
    os::write_file(parent_, path(swap_limit_file), value);
  }
  last_limit_ = value;
  limit_bytes_ = bytes;
}

void MemoryGroupV1::set_socket_limit(std::uint64_t bytes) {
  os::write_file(parent_, path("memory.kmem.tcp.limit_in_bytes"), std::to_string(bytes));
}

void MemoryGroupV1::reset_swap_peak() {
  if (has_swap_peak_) {
    os::write_file(parent_, path(swap_peak_file), "0");
  }
}

std::optional<std::uint64_t> MemoryGroupV1::out_of_memory_kills() const {
  return parse_counter(os::read_record(events_.get()), "oom_kill");
}

bool MemoryGroupV1::limit_was_reached() const {
  constexpr std::uint64_t last_charge = MiB; // what did not fit any more is not in the peak
  const char* peak = has_swap_peak_ ? swap_peak_file : "memory.max_usage_in_bytes";
  return limit_bytes_ != unlimited &&
         number_in(os::read_file(parent_, path(peak)), peak) + last_charge >= limit_bytes_;
}

} // namespace sandbox::native
