// SPDX-License-Identifier: Apache-2.0
#include "contenders.hpp"

#include "programs.hpp"

#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

namespace benchmark {

void spawn_and_wait(std::vector<std::string> argv) {
  std::vector<char*> pointers;
  for (std::string& argument : argv) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  char* const environment[] = {nullptr};
  pid_t pid = -1;
  int status = 0;
  if (::posix_spawn(&pid, pointers[0], nullptr, nullptr, pointers.data(), environment) != 0 ||
      ::waitpid(pid, &status, 0) != pid || status != 0) {
    throw std::runtime_error(argv[0] + " failed");
  }
}

Contender spawn(std::string name, std::vector<std::string> argv) {
  return {std::move(name), timed([argv = std::move(argv)] { spawn_and_wait(argv); })};
}

Contender boxed_noop(sandbox::Backend& backend) {
  return {"libsandbox native, no-op",
          timed([&backend, command = command_of({"./noop"}), noop = noop_bytes()] {
            const auto session = backend.open({});
            session->put_file("noop", noop, true);
            run(*session, command);
          })};
}

Contender boxed(sandbox::Backend& backend, std::string name, std::vector<std::string> argv) {
  return {std::move(name), timed([&backend, command = command_of(std::move(argv))] {
            run(*backend.open({}), command);
          })};
}

sandbox::Result sample_result(sandbox::Backend& backend, const sandbox::Environment& environment) {
  return run(*backend.open(environment), command_of({"/bin/true"}));
}

std::vector<Contender> phases(sandbox::Backend& backend) {
  const auto session = std::make_shared<std::unique_ptr<sandbox::Session>>();
  return {
      {"open", timed([&backend, session] { *session = backend.open({}); })},
      {"put the no-op",
       timed([session, noop = noop_bytes()] { (*session)->put_file("noop", noop, true); })},
      {"run it", timed([session, command = command_of({"./noop"})] { run(**session, command); })},
      {"close", timed([session] { session->reset(); })}};
}

Contender kill_latency(sandbox::Backend& backend) {
  static constexpr std::chrono::milliseconds limit{100};
  sandbox::Command command = command_of(
      {"/bin/sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 9 & sleep 9 & done; wait"});
  command.limits.wall_time = limit;
  return {"20 sleepers and their shell", [&backend, command] {
            const auto session = backend.open({});
            sandbox::NullSink sink;
            const auto begun = std::chrono::steady_clock::now();
            const sandbox::Result result = session->run(command, sink);
            const auto elapsed = std::chrono::steady_clock::now() - begun;
            if (result.verdict != sandbox::Verdict::wall_time_limit) {
              throw std::runtime_error("the sleepers ended early: " + describe(result));
            }
            return std::chrono::duration<double, std::micro>(elapsed - limit).count();
          }};
}

} // namespace benchmark
