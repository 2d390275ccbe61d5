// SPDX-License-Identifier: Apache-2.0
//
// Group O: what only a container engine could get wrong.
#include "common/backend.hpp"
#include "containment/cage.hpp"
#include "containment/listener.hpp"
#include "containment/outside.hpp"
#include "containment/submit.hpp"
#include "containment/table.hpp"

#include <cstdlib>
#include <sstream>

namespace containment {
namespace {

using sandbox::Verdict;

Observation shell(Trial& trial, const std::string& script) {
  sandbox::Command command;
  command.argv = {"/bin/sh", "-c", script};
  return trial.run_command(trial.box(), command);
}

/// Numbers that an engine uses for its own errors, and shells for signals.
void same_numbers_told_apart(Trial& trial) {
  for (const int status : {125, 126, 127, 128, 137, 139, 143}) {
    const auto result = shell(trial, "exit " + std::to_string(status)).result;
    trial.expect(result.verdict == Verdict::nonzero_exit && result.exit_code == status,
                 std::to_string(status) + ": " + describe(result));
  }
  for (const int signal : {9, 11, 15}) {
    const auto result = shell(trial, "kill -" + std::to_string(signal) + " $$").result;
    trial.expect(result.verdict == Verdict::signaled && result.signal == signal,
                 "signal " + std::to_string(signal) + ": " + describe(result));
  }
  for (const char* program : {"/nowhere", "nowhere", "/etc/passwd"}) {
    sandbox::Command command;
    command.argv = {program};
    try {
      trial.expect(false, std::string(program) + ": " +
                              describe(trial.run_command(trial.box(), command).result));
    } catch (const sandbox::Error& error) {
      trial.expect(error.code() != sandbox::ErrorCode::backend_lost, error.what());
    }
  }
}

bool same_numbers_are_alike(Cage&) {
  Outside outside;
  outside.run("sh -c 'kill -9 $$'; exit $?");
  return outside.status() == 137;
}

void add_engines_socket(Table& table) {
  const char* host = std::getenv("DOCKER_HOST");
  std::string socket = host != nullptr ? host : "";
  socket = socket.starts_with("unix://") ? socket.substr(7) : "/var/run/docker.sock";
  table.push_back(
      Check("DK-13.socket", "the engine's own socket",
            {"connect", socket, "/var/run/docker.sock", "/run/docker.sock",
             "/run/containerd/containerd.sock", "/run/podman/podman.sock",
             "/run/dbus/system_bus_socket"})
          .control([](Cage& cage) {
            const Listener listener(Listener::Kind::path);
            const std::string folder = listener.name().substr(0, listener.name().rfind('/'));
            return cage.run({"connect", "/shared/docker.sock"}, {"--share", folder}).escaped();
          }));
  sandbox::Environment loopback;
  loopback.network = sandbox::Network::loopback;
  for (const std::string port : {"2375", "2376"}) {
    table.push_back(
        Check("DK-13.port-" + port, "the engine's own port", {"connect-inet", "127.0.0.1", port})
            .in(loopback)
            .errors("connect", {"ECONNREFUSED"})
            .control([](Cage& cage) {
              const Listener listener(Listener::Kind::tcp);
              return cage.run({"connect-inet", "127.0.0.1", listener.name()}, {"--host-network"})
                  .escaped();
            }));
  }
}

void hostile_images(Trial& trial) {
  const std::vector<std::string> images = {
      "x?tag=../..", "a/../../containers/json", "x\r\nX-Evil: 1", "%0d%0a", "a b", {"a\0b", 3}, "",
      "--privileged"};
  for (const std::string& image : images) {
    sandbox::Environment environment;
    environment.image = image;
    try {
      trial.backend().open(environment);
      trial.expect(false, "was accepted: " + image);
    } catch (const sandbox::Error& error) {
      trial.expect(error.code() == sandbox::ErrorCode::invalid_argument,
                   image + ": " + error.what());
    }
  }
}

void sized_mounts(Trial& trial) {
  const auto seen = shell(trial, "df -B1 --output=target,size /box /tmp /dev/shm | tail -n +2; "
                                 "grep -c ' rw,' /proc/self/mounts; grep ' rw' /proc/self/mounts");
  std::istringstream lines(seen.out);
  int sized = 0;
  std::string target;
  for (std::uint64_t size = 0; sized < 3 && lines >> target >> size; ++sized) {
    trial.expect(size > 0 && size <= 64 * sandbox::MiB,
                 target + " has " + std::to_string(size) + " bytes");
  }
  trial.expect(sized == 3, "df: " + seen.out + seen.err);
}

void add_mounts_and_names(Table& table) {
  table.push_back(Check("DK-04.sizes", "file systems without a size", sized_mounts, [](Cage&) {
                    Outside outside;
                    return !contains(outside.run("df -B1 --output=size /dev/shm | tail -n 1"),
                                     std::to_string(64 * sandbox::MiB) + "\n");
                  }).only(Where::docker));
  table.push_back(
      Check("DK-11.images", "names of images that are requests", hostile_images, [](Cage&) {
        const std::string line = "GET /images/" + std::string("x\r\nX-Evil: 1");
        return contains(line, "\r\nX-Evil");
      }).only(Where::docker));
  table.push_back(Check("DK-15.statuses", "exit statuses that look like an engine's errors",
                        same_numbers_told_apart, same_numbers_are_alike));
}

void add_elsewhere(Table& table) {
  const std::vector<std::pair<std::string, std::string>> elsewhere = {
      {"DK-01.inspect", "tests/engine/container_test.cpp, field by field"},
      {"DK-02.posture", "the checks of groups A, C, H and K run in containers too"},
      {"DK-03.set-id", "UC-05.programs runs in containers too"},
      {"DK-05.flood", "tests/engine/output_test.cpp"},
      {"DK-06.slow-reader", "tests/engine/fault_test.cpp"},
      {"DK-07.faults", "tests/engine/fault_test.cpp, tests/unit/docker/hostile_engine_test.cpp"},
      {"DK-09.killed", "tests/engine/leftover_test.cpp"},
      {"DK-10.reaper", "tests/engine/garbage_test.cpp"},
      {"DK-12.archives", "no archive of a container is made: tests/engine/init_volume_test.cpp"},
      {"DK-14.memory", "tests/engine/memory_test.cpp, and group E"},
      {"DK-16.other-engines", "needs a second engine; tests/unit/docker/offers_test.cpp"},
      {"DK-18.soak", "tests/engine/leftover_test.cpp"}};
  for (const auto& [id, where] : elsewhere) {
    table.push_back(Check(
                        id, "of the engine", [](Trial&) {}, [](Cage&) { return false; })
                        .only(Where::docker)
                        .not_runnable(where));
  }
}

} // namespace

void add_engine(Table& table) {
  add_mounts_and_names(table);
  add_engines_socket(table);
  add_elsewhere(table);
}

} // namespace containment
