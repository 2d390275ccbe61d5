// SPDX-License-Identifier: Apache-2.0
#include "docker/owner.hpp"

#include "os/file.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <sstream>

namespace sandbox::docker {
namespace {

/// Nothing when there is no such process.
std::optional<std::uint64_t> start_time_of(int pid) {
  try {
    return parse_start_time(os::read_file(AT_FDCWD, fmt::format("/proc/{}/stat", pid)));
  } catch (const Error&) {
    return std::nullopt;
  }
}

template <class Integer>
bool take_number(std::string_view& text, char after, Integer& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc{} || (after != '\0' && !text.starts_with(after))) {
    return false;
  }
  text.remove_prefix(after != '\0' ? 1 : 0);
  return true;
}

bool is_boot_id(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

/// Not knowing is not that: /proc may hide other users' processes, and descriptors may run out.
bool is_gone(const Owner& owner) {
  if (::kill(owner.pid, 0) != 0 && errno == ESRCH) {
    return true;
  }
  const auto started = start_time_of(owner.pid);
  return started && *started != owner.start_time;
}

std::string read_boot_id() {
  std::string id = os::read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id");
  id.erase(id.find_last_not_of(" \n") + 1);
  return id;
}

} // namespace

std::optional<std::uint64_t> parse_start_time(std::string_view stat) {
  constexpr int fields_between = 19;
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) {
    return std::nullopt;
  }
  std::istringstream rest{std::string(stat.substr(name_end + 1))};
  std::string field;
  for (int i = 0; i <= fields_between; ++i) {
    rest >> field;
  }
  std::string_view digits = field;
  std::uint64_t ticks = 0;
  return rest && take_number(digits, '\0', ticks) && digits.empty() ? std::optional(ticks)
                                                                    : std::nullopt;
}

Owner Owner::self() {
  struct stat about {};
  if (::stat("/proc/self/ns/pid", &about) != 0) {
    throw Error(ErrorCode::setup_failed, "stat /proc/self/ns/pid", "cannot tell who we are",
                "mount /proc");
  }
  const auto started = start_time_of(::getpid());
  if (!started) {
    throw Error(ErrorCode::setup_failed, "read /proc/self/stat", "cannot tell who we are",
                "mount a /proc of this pid namespace");
  }
  return {read_boot_id(), about.st_ino, ::getpid(), *started};
}

std::string Owner::text() const {
  return fmt::format("{}/{}/{}/{}", boot_id, pid_namespace, pid, start_time);
}

std::optional<Owner> parse_owner(const std::string& text) {
  constexpr std::size_t boot_id_size = 36;
  Owner owner;
  std::string_view rest = text;
  if (rest.size() <= boot_id_size || rest[boot_id_size] != '/') {
    return std::nullopt;
  }
  owner.boot_id = rest.substr(0, boot_id_size);
  rest.remove_prefix(boot_id_size + 1);
  const bool parsed = is_boot_id(owner.boot_id) && take_number(rest, '/', owner.pid_namespace) &&
                      take_number(rest, '/', owner.pid) &&
                      take_number(rest, '\0', owner.start_time);
  return parsed && owner.pid > 0 && owner.text() == text ? std::optional(owner) : std::nullopt;
}

std::map<std::string, std::string> make_labels(std::chrono::seconds life) {
  const auto deadline = std::chrono::system_clock::now() + life;
  return {
      {owner_label, Owner::self().text()},
      {deadline_label,
       fmt::format(
           "{}",
           std::chrono::duration_cast<std::chrono::seconds>(deadline.time_since_epoch()).count())}};
}

bool is_abandoned(const std::map<std::string, std::string>& labels, const Owner& self,
                  std::chrono::system_clock::time_point now) {
  const auto owner_text = labels.find(owner_label);
  const auto deadline_text = labels.find(deadline_label);
  if (owner_text == labels.end() || deadline_text == labels.end()) {
    return false;
  }
  const auto owner = parse_owner(owner_text->second);
  std::string_view rest = deadline_text->second;
  std::int64_t deadline = 0;
  if (!owner || !take_number(rest, '\0', deadline) || !rest.empty() || deadline < 0) {
    return false;
  }
  const bool can_see = owner->boot_id == self.boot_id && owner->pid_namespace == self.pid_namespace;
  if (can_see && is_gone(*owner)) {
    return true;
  }
  // Clocks of two hosts differ; one that can be seen to live may be late.
  const std::chrono::seconds margin = can_see ? std::chrono::hours{1} : std::chrono::minutes{5};
  // Compared as seconds: a deadline may be further away than the clock counts.
  const auto now_s = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  return (now_s - margin).count() > deadline;
}

} // namespace sandbox::docker
