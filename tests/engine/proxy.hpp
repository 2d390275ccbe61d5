// SPDX-License-Identifier: Apache-2.0
//
// Stands between the library and the engine at DOCKER_HOST, and spoils what passes.
#pragma once

#include "common/temporary_folder.hpp"
#include "os/fd.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace engine_test {

class Proxy {
 public:
  Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;
  ~Proxy();

  /// For DockerOptions::host.
  const std::string& host() const noexcept { return host_; }
  /// Bytes that have passed, in both directions together.
  std::size_t passed() const noexcept { return passed_; }

  /// Ends all connections, at once or when so many bytes more have passed.
  void cut() noexcept { cut_at_ = 0; }
  void cut_after(std::size_t bytes) noexcept { cut_at_ = passed_ + bytes; }
  /// Whether an engine is gone once it was cut, until refuse(false).
  void refuse_after_cut(bool on) noexcept { refuse_after_cut_ = on; }
  void refuse(bool on) noexcept { refuse_ = on; }
  /// Takes connections and passes nothing on; what was to pass does so later.
  void stall(bool on) noexcept { stall_ = on; }
  /// Changes the next bytes that the engine sends on an attached stream, once.
  void garble(std::function<void(std::string&)> change);
  bool is_garbling() const;

 private:
  struct Direction {
    int from{-1};
    int to{-1};
    std::string pending;
  };
  struct Link {
    sandbox::os::Fd client;
    sandbox::os::Fd engine;
    Direction there;
    Direction back;
    std::string head;
    bool attached{false};
    bool over{false};
  };

  void serve();
  void serve_once();
  void accept();
  void cut_all();
  void move(Link& link, Direction& direction, short events);
  void look_at(Link& link, Direction& direction);

  common::TemporaryFolder folder_{"proxy"};
  std::string host_;
  sandbox::os::Fd listener_;
  std::vector<std::unique_ptr<Link>> links_;
  std::atomic<std::size_t> passed_{0};
  std::atomic<std::size_t> cut_at_;
  std::atomic<bool> refuse_after_cut_{false};
  std::atomic<bool> refuse_{false};
  std::atomic<bool> stall_{false};
  std::atomic<bool> stopped_{false};
  mutable std::mutex mutex_;
  std::function<void(std::string&)> change_;
  std::thread thread_;
};

} // namespace engine_test
