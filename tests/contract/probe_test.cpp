// SPDX-License-Identifier: Apache-2.0
#include "box.hpp"
#include "common/backend.hpp"
#include "common/file.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

class Socket {
 public:
  Socket() noexcept : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::close(descriptor_); }

  bool take(const std::string& name) const noexcept {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    return ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) == 0;
  }

 private:
  int descriptor_;
};

bool has_all_ids_of_the_host() {
  return contract::backend().name() == "native" && ::geteuid() == 0 &&
         common::read_file("/proc/self/uid_map").find("4294967295") != std::string::npos;
}

/// A descriptor for each range, and some more. Root may raise its hard limit.
class ManyFiles {
 public:
  ManyFiles() noexcept {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit many{8192, std::max<rlim_t>(before_.rlim_max, 8192)};
    allowed_ = ::setrlimit(RLIMIT_NOFILE, &many) == 0;
  }
  ManyFiles(const ManyFiles&) = delete;
  ManyFiles& operator=(const ManyFiles&) = delete;
  ~ManyFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  bool allowed() const noexcept { return allowed_; }

 private:
  rlimit before_{};
  bool allowed_{false};
};

/// As native/identity.cpp does: an abstract socket stands for each range of ids. Those that were
/// still to be had.
std::vector<Socket> take_all_ranges() {
  std::vector<Socket> taken;
  for (unsigned range = 0; range < 4096; ++range) {
    Socket socket;
    if (socket.take(fmt::format("libsandbox-ids-{}", 1'900'000'000 + range * 512))) {
      taken.push_back(std::move(socket));
    }
  }
  return taken;
}

} // namespace

TEST_CASE("a backend that has ids is usable where there are no others") {
  if (!has_all_ids_of_the_host()) {
    WARN("needs the native backend, and root");
    return;
  }
  const ManyFiles files;
  if (!files.allowed()) {
    WARN("needs 8192 descriptors: ulimit -Hn 8192");
    return;
  }
  // The names of a network namespace are its own, and a thread may have one of its own.
  std::exception_ptr failure;
  std::thread([&] {
    try {
      REQUIRE(::unshare(CLONE_NEWNET) == 0);
      const auto backend = common::make_backend("native");
      const auto session = contract::open_box(*backend);
      const std::vector<Socket> taken = take_all_ranges();
      CHECK(taken.size() == 4095);
      CHECK_FALSE(common::make_backend("native")->probe().usable);
      CHECK(backend->probe().usable);
      CHECK(contract::run(*session, {"exit", "0"}).result.ok());
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure != nullptr) {
    std::rethrow_exception(failure);
  }
}
