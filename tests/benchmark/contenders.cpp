// SPDX-License-Identifier: Apache-2.0
#include "contenders.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

namespace benchmark {
namespace {

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

void run_in_box(sandbox::Backend& backend, const sandbox::Command& command,
                const std::string& noop) {
  const auto session = backend.open({});
  if (!noop.empty()) {
    session->put_file("noop", noop, true);
  }
  sandbox::NullSink sink;
  const sandbox::Result result = session->run(command, sink);
  if (!result.ok()) {
    throw std::runtime_error(command.argv[0] + ": " + describe(result));
  }
}

} // namespace

Contender spawn(std::string name, std::vector<std::string> argv) {
  return {std::move(name), [argv = std::move(argv)] { spawn_and_wait(argv); }};
}

Contender boxed_noop(sandbox::Backend& backend) {
  std::ifstream file(SANDBOX_NOOP, std::ios::binary);
  const std::string noop{std::istreambuf_iterator<char>(file), {}};
  sandbox::Command command;
  command.argv = {"./noop"};
  return {"libsandbox native, no-op",
          [&backend, command, noop] { run_in_box(backend, command, noop); }};
}

Contender boxed(sandbox::Backend& backend, std::string name, std::vector<std::string> argv) {
  sandbox::Command command;
  command.argv = std::move(argv);
  return {std::move(name), [&backend, command] { run_in_box(backend, command, {}); }};
}

std::vector<Contender> bubblewrap() {
  constexpr const char* path = "/usr/bin/bwrap";
  if (::access(path, X_OK) != 0) {
    return {};
  }
  const std::string noop = SANDBOX_NOOP;
  const std::vector<std::string> common{
      path,      "--unshare-all", "--die-with-parent", "--ro-bind", "/usr",   "/usr",   "--symlink",
      "usr/lib", "/lib",          "--symlink",         "usr/lib64", "/lib64", "--proc", "/proc",
      "--dev",   "/dev",          "--tmpfs",           "/tmp"};
  std::vector<std::string> with_noop = common;
  with_noop.insert(with_noop.end(), {"--ro-bind", noop, "/noop", "/noop"});
  std::vector<std::string> with_python = common;
  with_python.insert(with_python.end(), {"/usr/bin/python3", "-c", "pass"});
  return {spawn("bubblewrap, no-op", with_noop), spawn("bubblewrap, python3 -c pass", with_python)};
}

} // namespace benchmark
