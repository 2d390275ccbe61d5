// SPDX-License-Identifier: Apache-2.0
//
// An engine that says what a test tells it to, on a unix socket or a TCP port of the loopback.
#pragma once

#include "common/temporary_folder.hpp"
#include "docker/engine_address.hpp"
#include "os/fd.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sandbox::docker::test {

/// The engine's end of one connection.
class Peer {
 public:
  Peer(os::Fd socket, const std::atomic<bool>& stopped) noexcept;

  /// What the client sent up to the end of its request.
  std::string receive_request();
  std::string receive_some();
  void send(std::string_view bytes);
  void pause(std::chrono::milliseconds time) const;
  /// Until the client or the test goes.
  void hold();
  bool is_over() const noexcept { return stopped_ || gone_; }

 private:
  os::Fd socket_;
  const std::atomic<bool>& stopped_;
  bool gone_{};
};

using Step = std::function<void(Peer&, std::string& record)>;
/// What happens on one connection; it is closed behind the last step.
using Script = std::vector<Step>;

Step request(); // reads and records one
Step receive(); // reads and records what comes next
Step send(std::string bytes);
Step pause(std::chrono::milliseconds time);
Step drip(std::string bytes, std::chrono::milliseconds pause); // one byte at a time
Step flood(std::string bytes);                                 // again and again
Step hold();

/// A script that answers any request.
Script answers(std::string bytes);
/// "HTTP/1.1 200 OK" with a length.
std::string ok(std::string_view body);
/// The script of GET /_ping.
Script pong(std::string_view api_version = "1.41");

/// Plays one script a connection, in order, the last one again and again.
class FakeEngine {
 public:
  enum class Transport { unix_socket, tcp };

  explicit FakeEngine(std::vector<Script> scripts, Transport transport = Transport::unix_socket);
  FakeEngine(const FakeEngine&) = delete;
  FakeEngine& operator=(const FakeEngine&) = delete;
  ~FakeEngine();

  const EngineAddress& address() const noexcept { return address_; }
  /// What was recorded on each connection whose script has ended.
  std::vector<std::string> requests() const;
  /// As `requests`, once there are `count`; fewer when they do not come.
  std::vector<std::string> await_requests(std::size_t count) const;

 private:
  void listen_unix();
  void listen_tcp();
  void serve();

  std::vector<Script> scripts_;
  common::TemporaryFolder folder_{"fake-engine"};
  EngineAddress address_;
  os::Fd listener_;
  std::atomic<bool> stopped_{};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

} // namespace sandbox::docker::test
