// SPDX-License-Identifier: Apache-2.0
#include "containment/naive.hpp"

#include "common/file.hpp"
#include "containment/host.hpp"
#include "containment/trial.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace containment {
namespace {

pid_t start(const std::vector<std::string>& attack, int in, int out) {
  std::string program = attack_path();
  std::vector<char*> argv{program.data()};
  for (const std::string& word : attack) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::alarm(10);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  return child;
}

void end(pid_t child) {
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

} // namespace

Shared::Shared() {
  std::filesystem::create_directory(directory_ / "shared");
  std::filesystem::create_directory(directory_ / "victim");
  ::chmod((directory_ / "shared").c_str(), 0777);
  std::ofstream(victim()) << Canary::text;
  ::chmod(victim().c_str(), 0640);
}

Shared::~Shared() {
  // Deeper than std::filesystem has descriptors for.
  std::string program = "rm";
  std::string flags = "-rf";
  std::string path = directory_.path();
  char* argv[] = {program.data(), flags.data(), path.data(), nullptr};
  pid_t child = 0;
  if (::posix_spawnp(&child, "rm", nullptr, nullptr, argv, environ) == 0) {
    ::waitpid(child, nullptr, 0);
  }
}

bool Shared::victim_is_unchanged() const {
  struct stat about {};
  return ::stat(victim().c_str(), &about) == 0 && (about.st_mode & 07777) == 0640 &&
         common::read_file(victim()) == Canary::text;
}

Cage::Ran Shared::run(Cage& cage, std::vector<std::string> attack,
                      std::vector<std::string> options) const {
  options.insert(options.end(), {"--share", (directory_ / "shared").string()});
  return cage.run(std::move(attack), std::move(options));
}

bool feed(const std::vector<std::string>& attack, int expected) {
  int in[2];
  int out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  const pid_t child = start(attack, in[0], out[1]);
  ::close(in[0]);
  ::close(out[1]);
  ::fcntl(in[1], F_SETFL, O_NONBLOCK);
  const auto handler = ::signal(SIGPIPE, SIG_IGN);
  const std::string zeros(4096, '\0');
  int error = 0;
  const int tries = expected == EPIPE ? 1000 : 100; // to close takes a busy machine a while
  for (int i = 0; i < tries && error != EPIPE; ++i) {
    while (::write(in[1], zeros.data(), zeros.size()) > 0) {
    }
    error = errno;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  ::signal(SIGPIPE, handler);
  end(child);
  ::close(in[1]);
  ::close(out[0]);
  return error == expected;
}

void run_on_file(const std::vector<std::string>& attack, const std::filesystem::path& input) {
  const int file = ::open(input.c_str(), O_RDWR | O_CLOEXEC);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t child = start(attack, file, nowhere);
  ::waitpid(child, nullptr, 0);
  ::close(file);
  ::close(nowhere);
}

bool open_waits(const std::filesystem::path& path, int flags) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::open(path.c_str(), flags);
    ::_exit(0);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  const bool waits = ::waitpid(child, nullptr, WNOHANG) == 0;
  if (waits) {
    end(child);
  }
  return waits;
}

} // namespace containment
