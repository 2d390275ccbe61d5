// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/engine_address.hpp"
#include "os/fd.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string_view>

namespace sandbox::docker {

using Deadline = std::chrono::steady_clock::time_point;

class TlsSession;

/// A stream to an engine: a nonblocking socket, perhaps with TLS over it. Whatever waits does so
/// until the deadline at most. Raises no SIGPIPE.
class Connection {
 public:
  explicit Connection(os::Fd socket) noexcept;
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  ~Connection();

  /// Throws Error(setup_failed) when the engine is not the one it should be.
  void start_tls(const EngineAddress& address);

  /// For poll(2). With TLS, bytes may wait that it knows nothing of: read until -EAGAIN first.
  int descriptor() const noexcept { return socket_.get(); }
  /// Deadline::max() waits for ever.
  void set_deadline(Deadline deadline) noexcept { deadline_ = deadline; }
  /// What waits ends with ECANCELED as soon as `descriptor` is readable; -1 for none.
  void set_wake(int descriptor) noexcept { wake_ = descriptor; }

  /// Returns the size, 0 at the end, or -errno: -EAGAIN when `wait` is false and there is nothing,
  /// -ETIMEDOUT at the deadline.
  long receive(std::span<char> buffer, bool wait) noexcept;
  /// As `receive`; sends what there is room for. After -EAGAIN the same bytes come first in the
  /// next call: TLS may have taken them in already.
  long send_some(std::string_view bytes, bool wait) noexcept;
  /// Sends all. Returns 0, or the errno that stopped it.
  int send(std::string_view bytes) noexcept;
  void close() noexcept;

 private:
  int await(short events) const noexcept;
  template <class Step>
  long retry(bool wait, short events, Step step) noexcept;

  os::Fd socket_;
  std::unique_ptr<TlsSession> tls_;
  Deadline deadline_{Deadline::max()};
  int wake_{-1};
};

/// Throws Error(backend_lost) with the remedy when the engine cannot be reached.
Connection connect(const EngineAddress& address, Deadline deadline);

} // namespace sandbox::docker
