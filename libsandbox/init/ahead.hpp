// SPDX-License-Identifier: Apache-2.0
//
// The program of a stage that is to come, started and held before its source is known.
#pragma once

#include "given.hpp"
#include "held.hpp"
#include "reader.hpp"
#include "slot.hpp"

#include <utility>

namespace sandbox::init {

class Ahead {
 public:
  explicit Ahead(SlotState& slot) noexcept : slot_(slot), given_(slot.figures) {}

  /// Starts the program on what was given and waits until it is held. When this fails no process of
  /// it lives. Does not return when the stream closes.
  Outcome start(FrameReader& reader, const wire::StartAhead& request) noexcept;

  /// A program was started, and neither handed over nor ended. It may have died.
  bool is_there() const noexcept { return held_.pid >= 0; }
  /// What there is, which is the caller's now; what was given stays until end().
  Held take() noexcept { return std::exchange(held_, {}); }
  Given& given() noexcept { return given_; }

  /// Ends it, unless it was taken, and closes what was given.
  void end() noexcept;

 private:
  Outcome follow(FrameReader& reader, std::string_view source) noexcept;

  SlotState& slot_;
  Given given_;
  Held held_;
};

} // namespace sandbox::init
