// SPDX-License-Identifier: Apache-2.0
//
// The texts of /proc, /sys/fs/cgroup and /etc that either end reads. Both ends find the same
// numbers in them.
#include "docker/owner.hpp"
#include "figures.hpp"
#include "input.hpp"
#include "kernel_texts.hpp"
#include "native/counter.hpp"
#include "native/hierarchies.hpp"
#include "native/identity.hpp"
#include "os/fd.hpp"

#include <sys/mman.h>

#include <algorithm>

namespace {

using namespace sandbox;
using fuzz::check;

bool is_part(std::string_view part, std::string_view text) {
  return part.empty() ||
         (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
}

void check_range(const std::optional<native::IdRange>& range) {
  check(!range || std::uint64_t{range->first} + range->count < std::uint64_t{1} << 32);
}

/// Of the supervisor's end.
void read_as_supervisor(const std::string& text) {
  const native::Hierarchies found = native::find_hierarchies(native::parse_mounts(text));
  check(!found.v2_in_use || found.v2);
  for (const auto& [controller, mount_point] : found.v1) {
    check(mount_point.size() < text.size()); // unescaped, it is no part of it
  }
  const std::string group = native::parse_own_group(text);
  check(group.find('\n') == std::string::npos && text.find(group) != std::string::npos);
  check_range(native::parse_subordinate_ids(text, "alice", 1000));
  check_range(native::parse_own_ids(text, {1'900'000'000, 1000}));
  static_cast<void>(docker::parse_start_time(text));
  if (const auto owner = docker::parse_owner(text)) {
    check(owner->text() == text && owner->pid > 0);
  }
  // An owner of another boot, so that no process of ours is looked for.
  const docker::Owner self{"01234567-89ab-cdef-0123-456789abcdef", 1, 1, 1};
  const docker::Owner other{"11234567-89ab-cdef-0123-456789abcdef", 1, 1, 1};
  const std::chrono::system_clock::time_point now{std::chrono::seconds(1'000'000)};
  static_cast<void>(docker::is_abandoned(
      {{docker::owner_label, other.text()}, {docker::deadline_label, text}}, self, now));
  check(!docker::is_abandoned({{docker::owner_label, "x" + text}, {docker::deadline_label, "1"}},
                              self, now));
}

/// Of init's end.
void read_as_init(const std::string& text) {
  const std::uint64_t limit = init::parse_limit(text.c_str());
  check(limit == wire::no_limit || limit < std::uint64_t{1} << 62);
  static_cast<void>(init::parse_cpu_max(text.c_str()));
  static_cast<void>(init::maps_ids(text));
  static_cast<void>(init::has_filter(text.c_str()));
  check(!init::has_route(text) || text.find('\n') != std::string::npos);
  check(!init::has_ipv6_route(text) || !text.empty());
  const init::Mount mount = init::parse_mount(text);
  check(is_part(mount.point, text) && is_part(mount.type, text));
  check(!mount.writable || init::is_usual(mount) || !init::is_usual({mount.point, "ext4", true}));
}

void compare(const std::string& text) {
  const auto same = [](std::optional<std::uint64_t> ours, std::uint64_t inits) {
    // What cannot be told from "not measured" is that.
    check(ours.value_or(wire::not_measured) == inits);
  };
  same(native::parse_counter(text), init::parse_figure(text.c_str(), nullptr));
  for (const char* key : {"oom_kill", "oom", "max", "usage_usec"}) {
    same(native::parse_counter(text, key), init::parse_figure(text.c_str(), key));
  }
}

/// As init reads them: through descriptors that came with a message.
void read_figures(const std::string& text) {
  constexpr std::size_t most_read = 4095;
  const os::Fd file(::memfd_create("figure", MFD_CLOEXEC));
  check(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  init::Descriptors descriptors;
  descriptors.add(::dup(file.get()));
  init::Figures figures;
  figures.adopt(1U << static_cast<unsigned>(wire::Figure::memory_events), descriptors);
  check(figures.oom_kills() == init::parse_figure(text.substr(0, most_read).c_str(), "oom_kill"));
  check(figures.memory_usage() == wire::not_measured);
  figures.close();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const fuzz::DescriptorsKept kept;
  read_as_supervisor(text);
  read_as_init(text);
  read_figures(text);
  // No file of the kernel's holds a NUL; init's texts end at one.
  compare(text.substr(0, text.find('\0')));
  return 0;
}
