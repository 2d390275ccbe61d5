// SPDX-License-Identifier: Apache-2.0
//
// What a backend provides of a box: a stream to its init, limits around it, and a way to end it.
// Everything else is the same for all backends and is in BoxSession.
#pragma once

#include "monitor/channel.hpp"
#include "os/fd.hpp"

#include <sandbox/limits.hpp>
#include <sandbox/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox::monitor {

/// What one stage needs beside the command.
struct StageSetup {
  wire::OwnGroup own_group{wire::OwnGroup::none};
  std::uint32_t figures{0};        // bits of wire::Figure
  std::vector<os::Fd> descriptors; // the one for own_group, then the figures
  bool cores_limited{true};        // Limits::cores is in force
  std::uint8_t fallback{0};        // bits of wire::Fallback
  bool memory_full{false};         // what earlier stages left takes more than the limit
  std::string_view filter;         // BPF; lives as long as the box; empty: init is under it itself
  std::string memory_counter;      // where figures come from, for the evidence
  std::string cpu_counter;
};

class Box {
 public:
  virtual ~Box() = default;
  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;

  virtual Channel& channel() noexcept = 0;
  virtual std::string_view backend() const noexcept = 0;
  virtual const std::vector<Guarantee>& guarantees() const noexcept = 0;

  /// Puts the limits into force. Throws Error when one cannot be.
  virtual StageSetup prepare(const Limits& limits) = 0;

  /// Out-of-memory kills since prepare(), read from outside: asked only when init is gone.
  virtual std::optional<std::uint64_t> out_of_memory_kills() noexcept = 0;
  /// Whether the box's own memory limit was hit since prepare(), where the host can tell: a kill
  /// without that was for want of memory outside the box.
  virtual std::optional<bool> memory_limit_reached() noexcept = 0;

  /// Takes Limits::cores out of force until the next prepare(): processes that are to end need CPU
  /// time for that, and so may init.
  virtual void lift_cpu_limit() noexcept = 0;
  /// Takes limits out of force until the next prepare(), as far as init needs that for its own work
  /// between stages: it may share them with what a program left. Throws Error.
  virtual void make_room_for_init() = 0;

  /// A file is about to be put into the box. Throws Error.
  virtual void file_put(std::string_view /*path*/, std::uint64_t /*bytes*/) {}
  /// Every file in the box was removed.
  virtual void emptied() noexcept {}
  /// What a stage left.
  virtual void stage_ended(const wire::Ended& /*ended*/) noexcept {}
  /// As Session::root_identity(); begins with the backend's name.
  virtual std::string root_identity() = 0;
  /// Whether it is worth handing out to a new submission.
  virtual bool is_fresh() const noexcept { return true; }

  /// Ends every process of the box at once, init included.
  virtual void kill() noexcept = 0;

 protected:
  Box() = default;
};

} // namespace sandbox::monitor
