// SPDX-License-Identifier: Apache-2.0
//
// Where a program runs: the root it sees, and its network.
#pragma once

#include <sandbox/limits.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sandbox {

/// A program that asks for its source when it has started: an interpreter.
struct AheadProgram {
  std::vector<std::string> argv{};
  std::vector<std::pair<std::string, std::string>> env{};
  std::string source{}; // relative to /box

  friend bool operator==(const AheadProgram&, const AheadProgram&) = default;
};

enum class Network : std::uint8_t {
  none,     // no interface is up; internet sockets cannot be created
  loopback, // 127.0.0.1 and ::1 of the box's own; nobody else's
};

struct Environment {
  /// Docker backend: the image whose file system the program sees, read-only.
  std::string image{};

  /// Native backend: an unpacked root file system, seen read-only. Empty: the host's own toolchain
  /// directories (/usr and what belongs to it), read-only.
  std::filesystem::path rootfs{};

  /// Native backend without `rootfs`: further host paths to show, read-only, at the same place.
  /// Paths that do not exist are an error.
  std::vector<std::filesystem::path> extra_paths{};

  Network network{Network::none};

  /// Size of /box, fixed for the life of the box.
  std::uint64_t disk_bytes{64 * MiB};
  std::uint64_t disk_inodes{4096};

  /// The limits of the first stage, as far as they are known. Docker backend: the container is made
  /// with them; a stage with others waits for a call to the engine first (about 10 ms), and so does
  /// the first one with a limit below 32 processes, which the engine's runtime may need to start.
  /// Pool: what a box kept ready may cost; each value has boxes of its own.
  Limits expected_limits{};

  /// Pool: what is started in a box that is kept ready, where PoolOptions::interpreters_ahead says
  /// so (Session::start_ahead, with the expected limits). Others do not look at it.
  std::optional<AheadProgram> ahead{};

  friend bool operator==(const Environment&, const Environment&) = default;
};

} // namespace sandbox
