// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/api_version.hpp"
#include "docker/connection.hpp"
#include "docker/engine_address.hpp"
#include "docker/message.hpp"

#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace sandbox::docker {

/// A client of one engine. May be used from many threads; each call has a connection of its own.
class Engine {
 public:
  explicit Engine(EngineAddress address);

  /// Any complete answer, whatever its status. Throws Error for everything else, in `call.timeout`.
  Answer call(const Call& call) const;

  /// As `call`; throws Error with the engine's own words unless the status is one of `accepted`.
  Answer expect(const Call& call, std::initializer_list<unsigned> accepted) const;

  /// Gives each line of an answer of JSON lines to `on_line`. `call.timeout` bounds each silence,
  /// not the whole. Returns early, in the middle of the answer, when `stop` is requested.
  void stream(const Call& call, const std::function<void(const nlohmann::json&)>& on_line,
              const std::stop_token& stop) const;

  /// The standard streams of a container, raw in both directions.
  struct Attached {
    Connection connection; // without a deadline
    std::string first_bytes;
  };
  Attached attach(const std::string& container_id) const;

  /// The newest version that both sides speak; asked for once. Throws Error(unsupported).
  std::string api_version() const;

  /// Stands for the machine that containers run on: the engine's own id, or its host's name where
  /// it has none that lasts. Asked for once. Throws Error.
  std::string machine() const;

  const EngineAddress& address() const noexcept { return address_; }

 private:
  ApiVersion server_version(Deadline deadline) const;
  std::string prefix(Deadline deadline) const;
  std::string target(const Call& call, std::string_view prefix) const;
  Answer exchange(const Call& call, std::string_view prefix, Deadline deadline) const;
  void refuse_too_new_engine(Deadline deadline) const;

  EngineAddress address_;
  std::string host_;
  mutable std::mutex mutex_;
  mutable std::optional<ApiVersion> server_version_;
  mutable std::string machine_;
};

} // namespace sandbox::docker
