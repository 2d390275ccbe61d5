// SPDX-License-Identifier: Apache-2.0
#include "monitor/request.hpp"

#include "text/variable_name.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace sandbox::monitor {
namespace {

constexpr std::string_view default_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

void pack(std::string& packed, std::string_view text) {
  packed += text;
  packed += '\0';
}

std::uint64_t wire_limit(std::uint64_t value) noexcept {
  return value == unlimited ? wire::no_limit : value;
}

std::uint64_t nanoseconds(std::chrono::nanoseconds time) noexcept {
  return time == unlimited_time ? wire::no_limit : static_cast<std::uint64_t>(time.count());
}

/// How many CPUs the program can keep busy.
std::uint32_t parallel(double cores, bool limited) noexcept {
  cpu_set_t allowed;
  const int count =
      ::sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : CPU_SETSIZE;
  return static_cast<std::uint32_t>(limited ? std::min(std::ceil(cores), static_cast<double>(count))
                                            : count);
}

void refuse_nul(std::string_view what, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw Error(ErrorCode::invalid_argument, std::string(what), "holds a NUL byte");
  }
}

} // namespace

Request::Request(const Command& command, const StageSetup& setup) {
  for (const std::string& argument : command.argv) {
    pack(argv_, argument);
  }
  std::map<std::string_view, std::string_view> env{
      {"PATH", default_path}, {"HOME", "/box"}, {"LANG", "C.UTF-8"}};
  for (const auto& [name, value] : command.env) {
    env[name] = value;
  }
  for (const auto& [name, value] : env) {
    pack(env_, fmt::format("{}={}", name, value));
  }
  search_path_ = env["PATH"];

  const Limits& limits = command.limits;
  message_.argv = {static_cast<std::uint32_t>(command.argv.size()), argv_};
  message_.env = {static_cast<std::uint32_t>(env.size()), env_};
  message_.search_path = search_path_;
  message_.filter = setup.filter;
  message_.cpu_ns = nanoseconds(limits.cpu_time);
  message_.wall_ns = nanoseconds(wall_time(limits));
  message_.memory_bytes = wire_limit(limits.memory_bytes);
  message_.processes = wire_limit(limits.processes);
  message_.file_size_bytes = wire_limit(limits.file_size_bytes);
  message_.open_files = limits.open_files;
  message_.stack_bytes = wire_limit(limits.stack_bytes);
  message_.parallel = parallel(limits.cores, setup.cores_limited);
  message_.fallback = setup.fallback;
  message_.own_group = setup.own_group;
  message_.figures = setup.figures;
}

void validate_command(const Command& command) {
  validate(command.limits);
  if (command.argv.empty() || command.argv.front().empty()) {
    throw Error(ErrorCode::invalid_argument, "command", "has no program to run");
  }
  for (const std::string& argument : command.argv) {
    refuse_nul("argument", argument);
  }
  for (const auto& [name, value] : command.env) {
    text::validate_variable_name(name);
    refuse_nul("environment", value);
  }
}

} // namespace sandbox::monitor
