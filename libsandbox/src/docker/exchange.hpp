// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/connection.hpp"
#include "docker/message.hpp"

#include <optional>
#include <string>

namespace sandbox::docker {

/// One request and its answer, over HTTP/1.1 on a connection of its own. Everything throws
/// Error(backend_lost) when the engine is gone, silent beyond the connection's deadline, or speaks
/// something else; with the errno ECANCELED when woken.
class Exchange {
 public:
  struct Request {
    const Call& call;
    std::string target; // with version and query
    std::string host;
    bool upgrade{false}; // ask for a raw stream in both directions
  };

  /// With `silence`, the deadline moves on as bytes do: it bounds each pause, not the whole.
  Exchange(Connection connection, std::string step,
           std::optional<std::chrono::milliseconds> silence = {});
  ~Exchange();

  void send(const Request& request);
  /// Status and headers of the final answer.
  Answer receive_head(const Call& call);
  /// The next bytes of the body; 0 at its end.
  std::size_t receive_body(std::span<char> buffer);
  /// The whole body, at most `limit` bytes.
  std::string receive_body(std::uint64_t limit);

  /// Whether a raw stream begins behind the header.
  bool is_raw() const;
  Connection release() { return std::move(connection_); }
  /// What was read beyond the answer.
  std::string surplus() const;

 private:
  struct State;
  void progress() noexcept;
  template <class Code>
  void check(const Code& error);

  Connection connection_;
  std::string step_;
  std::optional<std::chrono::milliseconds> silence_;
  std::unique_ptr<State> state_;
};

} // namespace sandbox::docker
