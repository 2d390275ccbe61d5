// SPDX-License-Identifier: Apache-2.0
#include "host_application.hpp"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread>

namespace benchmark {
namespace {

constexpr std::size_t spawn_place = 0;
constexpr std::size_t ours_place = 1;

template <typename T>
bool receive(int from, T& value) {
  return ::recv(from, &value, sizeof value, MSG_WAITALL) == static_cast<ssize_t>(sizeof value);
}

template <typename T>
bool send(int to, const T& value) {
  return ::send(to, &value, sizeof value, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof value);
}

pid_t start_self(std::vector<std::string> arguments, int input) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) {
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::runtime_error("cannot start another application: " +
                             std::string(std::strerror(error)));
  }
  return pid;
}

} // namespace

HostApplication::HostApplication(ApplicationSize size) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::runtime_error("socketpair failed");
  }
  socket_ = ends[0];
  try {
    pid_ = start_self({"sandbox-benchmark", "--serve", std::to_string(size.rss_mib),
                       std::to_string(size.threads)},
                      ends[1]);
  } catch (const std::exception&) {
    ::close(ends[0]);
    ::close(ends[1]);
    throw;
  }
  ::close(ends[1]);
}

HostApplication::~HostApplication() {
  ::close(socket_);
  ::waitpid(pid_, nullptr, 0);
}

std::vector<Contender> HostApplication::contenders(const std::string& name) {
  return {{"posix_spawn, " + name, [this] { return ask(spawn_place); }},
          {"libsandbox native, " + name, [this] { return ask(ours_place); }}};
}

double HostApplication::ask(std::size_t contender) const {
  double microseconds = 0;
  if (!send(socket_, contender) || !receive(socket_, microseconds)) {
    throw std::runtime_error("the other application is gone");
  }
  return microseconds;
}

void serve(ApplicationSize size, const std::vector<Contender>& contenders) {
  const std::size_t bytes = size.rss_mib << 20;
  const std::unique_ptr<char[]> memory(new char[bytes]);
  std::memset(memory.get(), 1, bytes);
  std::latch end(1);
  std::vector<std::jthread> idle;
  for (unsigned i = 0; i < size.threads; ++i) {
    idle.emplace_back([&end] { end.wait(); });
  }
  std::size_t wanted = 0;
  while (receive(STDIN_FILENO, wanted) && send(STDIN_FILENO, contenders.at(wanted).once())) {
  }
  end.count_down();
}

} // namespace benchmark
