// SPDX-License-Identifier: Apache-2.0
//
// What init does for the supervisor, one frame after another.
#pragma once

#include "ahead.hpp"
#include "files.hpp"
#include "outcome.hpp"
#include "reader.hpp"
#include "slot.hpp"
#include "stage.hpp"

namespace sandbox::init {

class Jobs {
 public:
  Jobs(FrameReader& reader, SlotState& state) noexcept;

  enum class End : unsigned char {
    box_over, // the supervisor has no more use for this box
    closed,   // nor for its init
    broken,
  };
  /// Serves the supervisor until one of these.
  End serve() noexcept;

  /// Tells the supervisor that there will be no box.
  void refuse(const Outcome& outcome) noexcept;

 private:
  bool handle(const wire::Frame& frame) noexcept;
  bool start_ahead(std::string_view payload) noexcept;
  bool run(std::string_view payload) noexcept;
  bool carry_out(const wire::Run& request, Given& given) noexcept;
  bool finish(Stage& stage, Relay& relay) noexcept;
  bool get_file(std::string_view payload) noexcept;
  bool list_files(std::string_view payload) noexcept;
  bool answer(const Outcome& outcome, wire::Failure kind) noexcept;
  /// Answers with the failure that a put_file left behind, if there is one.
  bool owes_failure() noexcept;

  FrameReader& reader_;
  SlotState& state_;
  Incoming incoming_;
  Ahead ahead_;
  bool has_run_{false};
};

} // namespace sandbox::init
