// SPDX-License-Identifier: Apache-2.0
//
// A program's streams where the way to the supervisor takes no descriptors: pipes to the program,
// frames to the supervisor. Never blocks while the program lives, so that deadlines hold whatever
// the supervisor does.
#pragma once

#include "outcome.hpp"
#include "wire/messages.hpp"

#include <poll.h>

#include <string_view>

namespace sandbox::init {

class Relay {
 public:
  /// `out` leads to the supervisor and does not block.
  explicit Relay(int out) noexcept : out_(out) {}
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay();

  /// Makes the pipes; the program's ends are the caller's.
  Outcome open(int (&program_ends)[3]) noexcept;

  static constexpr int event_count = 4;
  /// What to poll for, and what came of it. handle() is false when the supervisor is gone.
  void list_events(pollfd* events) const noexcept;
  bool handle(const pollfd* events) noexcept;

  /// The bytes of an `input` frame; false when they are more than was agreed.
  bool take_input(std::string_view bytes) noexcept;

  /// When no process of the program lives: passes on what is left in the pipes, waiting for the
  /// supervisor. False when it is gone.
  bool finish() noexcept;

 private:
  void write_input() noexcept;
  void read_output(int index) noexcept;
  bool send_pending() noexcept;
  bool sending() const noexcept { return pending_begin_ < pending_end_; }
  template <class Message>
  void put(Message message) noexcept;
  void tell_of_input() noexcept;

  int out_;
  int input_{-1};           // write end of stdin
  int outputs_[2]{-1, -1};  // read ends of stdout and stderr
  bool input_ends_{false};  // the supervisor has said that nothing follows
  bool tell_closed_{false}; // the program reads no more, and the supervisor does not know
  std::uint32_t taken_{0};  // bytes passed on of which the supervisor does not know
  std::size_t input_begin_{0};
  std::size_t input_end_{0};
  std::size_t pending_begin_{0};
  std::size_t pending_end_{0};
};

} // namespace sandbox::init
