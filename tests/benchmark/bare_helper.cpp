// SPDX-License-Identifier: Apache-2.0
#include "bare_helper.hpp"

#include "os/fd.hpp"
#include "os/socket.hpp"
#include "os/system_error.hpp"
#include "programs.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace benchmark {
namespace {

using sandbox::os::Fd;

constexpr std::size_t most_bytes = 64 << 10;
using Answer = std::array<char, 128>; // as large as the result of a stage

void start(const std::string& path, const std::vector<Fd>& streams) {
  char* const argv[] = {const_cast<char*>(path.c_str()), nullptr};
  char* const environment[] = {nullptr};
  const pid_t program = ::vfork();
  if (program == 0) {
    for (std::size_t i = 0; i < streams.size(); ++i) {
      ::dup2(streams[i].get(), static_cast<int>(i));
    }
    ::execve(path.c_str(), argv, environment);
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(program, &status, 0);
}

[[noreturn]] void serve(int socket, const std::string& path) {
  static std::array<char, most_bytes> bytes;
  const Answer answer{};
  for (;;) {
    std::vector<Fd> streams;
    const long size = sandbox::os::receive(socket, bytes, true, &streams);
    Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755));
    if (size <= 0 || ::write(file.get(), bytes.data(), static_cast<std::size_t>(size)) != size) {
      ::_exit(0);
    }
    file.close();
    start(path, streams);
    streams.clear();
    ::unlink(path.c_str());
    if (::write(socket, answer.data(), answer.size()) < 0) {
      ::_exit(0);
    }
  }
}

std::pair<Fd, Fd> make_pipe() {
  int ends[2];
  sandbox::os::check(::pipe2(ends, O_CLOEXEC), "pipe2");
  return {Fd(ends[0]), Fd(ends[1])};
}

class BareHelper {
 public:
  BareHelper() : path_(fmt::format("/dev/shm/sandbox-benchmark-{}", ::gettid())) {
    auto [ours, theirs] = sandbox::os::socket_pair(SOCK_STREAM);
    pid_ = ::fork();
    sandbox::os::check(pid_, "fork");
    if (pid_ == 0) {
      ours.close();
      serve(theirs.get(), path_);
    }
    socket_ = std::move(ours);
  }
  BareHelper(const BareHelper&) = delete;
  BareHelper& operator=(const BareHelper&) = delete;
  ~BareHelper() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::unlink(path_.c_str());
  }

  void run(const std::string& program) const {
    auto [output, output_write_end] = make_pipe();
    auto [error, error_write_end] = make_pipe();
    Fd input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const int streams[] = {input.get(), output_write_end.get(), error_write_end.get()};
    sandbox::os::send(socket_.get(), program, streams);
    input.close();
    output_write_end.close();
    error_write_end.close();
    pollfd events[] = {
        {socket_.get(), POLLIN, 0}, {output.get(), POLLIN, 0}, {error.get(), POLLIN, 0}};
    ::poll(events, std::size(events), -1);
    Answer answer;
    if (::recv(socket_.get(), answer.data(), answer.size(), MSG_WAITALL) !=
        static_cast<ssize_t>(answer.size())) {
      throw std::runtime_error("the bare helper is gone");
    }
    for (const Fd* each : {&output, &error}) {
      while (::read(each->get(), answer.data(), answer.size()) > 0) {
      }
    }
  }

 private:
  std::string path_;
  Fd socket_;
  pid_t pid_{-1};
};

} // namespace

Contender bare_helper() {
  return {"bare helper process, no-op", [program = noop_bytes()] {
            thread_local const BareHelper helper;
            return timed([&] { helper.run(program); })();
          }};
}

} // namespace benchmark
