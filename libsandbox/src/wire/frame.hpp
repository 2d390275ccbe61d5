// SPDX-License-Identifier: Apache-2.0
//
// The unit of the stream between supervisor and init: a header and a payload of bounded size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sandbox::wire {

inline constexpr std::uint32_t protocol_version = 1;
inline constexpr std::size_t max_payload = std::size_t{1} << 20;
/// Bytes of a file in one `data` frame.
inline constexpr std::size_t max_chunk = std::size_t{256} << 10;
/// Bytes of `input` that init takes before it has said that earlier ones were passed on.
inline constexpr std::size_t input_window = std::size_t{128} << 10;

enum class FrameType : std::uint16_t {
  // supervisor to init
  put_file = 1,
  data = 2, // also init to supervisor
  run = 3,
  kill = 4,
  get_file = 5,
  list_files = 6,
  reset = 7,
  input = 8, // a program's stdin, where no descriptor can travel; empty: its end
  start_ahead = 9,
  end_ahead = 10,
  launch = 11,
  end_box = 12,
  claim = 13,
  // init to supervisor
  ready = 16,
  done = 17,
  failed = 18,
  ended = 19,
  file = 20,
  entry = 21,
  end_of_list = 22,
  posture = 23,
  standard_output = 24, // as `input`
  standard_error = 25,
  input_taken = 26,
  input_closed = 27,
  box_gone = 28,
};

struct FrameHeader {
  std::uint32_t size; // of the payload
  FrameType type;
  std::uint16_t reserved; // 0
};
static_assert(sizeof(FrameHeader) == 8);

struct Frame {
  FrameType type{};
  std::string_view payload;
};

enum class Next : std::uint8_t { frame, incomplete, broken };

/// Takes the first frame off `bytes`. `broken` when the header cannot be one of ours: the stream is
/// then of no further use.
inline Next next_frame(std::string_view& bytes, Frame& frame) noexcept {
  FrameHeader header{};
  if (bytes.size() < sizeof header) {
    return Next::incomplete;
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.size > max_payload || header.reserved != 0) {
    return Next::broken;
  }
  if (bytes.size() < sizeof header + header.size) {
    return Next::incomplete;
  }
  frame = {header.type, bytes.substr(sizeof header, header.size)};
  bytes.remove_prefix(sizeof header + header.size);
  return Next::frame;
}

} // namespace sandbox::wire
