// SPDX-License-Identifier: Apache-2.0
//
// What an application listens on, and an attack would like to reach.
#pragma once

#include "common/temporary_folder.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace containment {

class Listener {
 public:
  enum class Kind : std::uint8_t {
    tcp,      // a port of 127.0.0.1
    abstract, // a unix socket without a file
    path,     // one called docker.sock in a folder of its own, to which everybody may connect
  };
  explicit Listener(Kind kind);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  /// As the attack program understands it: a port, a path, or `@` and a name.
  const std::string& name() const noexcept { return name_; }
  bool was_called() const;

 private:
  void listen_at_port();
  void listen_at_name(bool abstract);

  int socket_;
  std::string name_{};
  std::optional<common::TemporaryFolder> folder_{};
};

/// Whether somebody takes a call at this port of 127.0.0.1.
bool can_connect(std::uint16_t port);

} // namespace containment
