// SPDX-License-Identifier: Apache-2.0
#include "streams.hpp"

#include "programs.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <utility>

namespace benchmark {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t block = 64 << 10;

sandbox::Command writer_command(std::uint64_t bytes) {
  sandbox::Command command = command_of({"./writer", std::to_string(bytes)});
  command.limits.cpu_time = std::chrono::minutes{2};
  return command;
}

std::unique_ptr<sandbox::Session> open_with_writer(sandbox::Backend& backend,
                                                   const sandbox::Environment& environment) {
  static const std::string bytes = file_bytes(SANDBOX_WRITER);
  auto session = backend.open(environment);
  session->put_file("writer", bytes, true);
  return session;
}

/// Starts it with its stdout in a pipe; returns the other end.
int start(std::vector<std::string> argv, pid_t& pid) {
  std::vector<char*> pointers;
  for (std::string& argument : argv) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw std::runtime_error("pipe2 failed");
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const int error = ::posix_spawn(&pid, pointers[0], &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    throw std::runtime_error(argv[0] + " cannot be started");
  }
  return ends[0];
}

void require_all(std::uint64_t found, std::uint64_t wanted) {
  if (found != wanted) {
    throw std::runtime_error(fmt::format("{} bytes of {} came", found, wanted));
  }
}

void read_pipe(std::uint64_t bytes) {
  pid_t pid = -1;
  const int from = start({SANDBOX_WRITER, std::to_string(bytes)}, pid);
  std::vector<char> buffer(block);
  std::uint64_t total = 0;
  for (ssize_t size = 1; size > 0; total += static_cast<std::uint64_t>(size)) {
    size = std::max<ssize_t>(::read(from, buffer.data(), buffer.size()), 0);
  }
  ::close(from);
  ::waitpid(pid, nullptr, 0);
  require_all(total, bytes);
}

/// "VmHWM" of this process, in KiB.
double status_kib(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(field + ":", 0) == 0) {
      return std::stod(line.substr(field.size() + 1));
    }
  }
  throw std::runtime_error("no " + field + " in /proc/self/status");
}

void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

} // namespace

Contender piped_stream(std::uint64_t bytes) {
  return {"a pipe", timed([bytes] { read_pipe(bytes); })};
}

Contender boxed_stream(sandbox::Backend& backend, sandbox::Environment environment,
                       std::uint64_t bytes) {
  sandbox::Command command = writer_command(bytes);
  command.limits.output_bytes = sandbox::unlimited;
  return {fmt::format("libsandbox {}", backend.name()),
          [&backend, environment = std::move(environment), command, bytes] {
            const auto session = open_with_writer(backend, environment);
            std::uint64_t total = 0;
            sandbox::CallbackSink sink(
                [&total](sandbox::Stream, std::string_view piece) { total += piece.size(); });
            const auto begun = Clock::now();
            session->run(command, sink);
            const auto elapsed = Clock::now() - begun;
            require_all(total, bytes);
            return std::chrono::duration<double, std::micro>(elapsed).count();
          }};
}

Flood flood(sandbox::Backend& backend, const sandbox::Environment& environment,
            std::uint64_t bytes) {
  const sandbox::Command command = writer_command(bytes);
  const auto session = open_with_writer(backend, environment);
  sandbox::CapturedOutput kept;
  forget_peak();
  const double before = status_kib("VmRSS");
  const auto begun = Clock::now();
  const sandbox::Result result = session->run(command, kept);
  const auto elapsed = Clock::now() - begun;
  if (result.verdict != sandbox::Verdict::output_limit) {
    throw std::runtime_error("the flood ended otherwise: " + describe(result));
  }
  return {std::chrono::duration<double, std::milli>(elapsed).count(), status_kib("VmHWM") - before};
}

} // namespace benchmark
