// SPDX-License-Identifier: Apache-2.0
//
// Init's end of the stream: whatever pieces a stream arrives in, FrameReader finds the frames that
// are in it, no others, and loses no descriptor.
#include "input.hpp"
#include "os/fd.hpp"
#include "os/socket.hpp"
#include "reader.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <vector>

namespace {

using namespace sandbox;
using fuzz::check;
using init::FrameReader;

struct Expected {
  std::vector<wire::Frame> frames;
  bool broken{false};
};

Expected split(std::string_view stream) {
  Expected expected;
  wire::Frame frame;
  wire::Next next{};
  while ((next = wire::next_frame(stream, frame)) == wire::Next::frame) {
    expected.frames.push_back(frame);
  }
  expected.broken = next == wire::Next::broken;
  return expected;
}

/// Zeros that the last frame lacks: no input of libFuzzer's is as long as a frame may be.
void complete_last_frame(std::string& stream) {
  std::string_view rest = stream;
  wire::Frame frame;
  while (wire::next_frame(rest, frame) == wire::Next::frame) {
  }
  wire::FrameHeader header{};
  if (rest.size() >= sizeof header && wire::next_frame(rest, frame) == wire::Next::incomplete) {
    std::copy_n(rest.data(), sizeof header, reinterpret_cast<char*>(&header));
    stream.append(sizeof header + header.size - rest.size(), '\0');
  }
}

class Run {
 public:
  Run(std::string_view stream, bool descriptors)
      : stream_(stream), expected_(split(stream)), sends_descriptors_(descriptors) {
    auto [init, supervisor] = os::socket_pair(SOCK_STREAM);
    init_ = std::move(init);
    supervisor_ = std::move(supervisor);
  }

  void play(std::size_t piece) {
    FrameReader reader({init_.get(), -1, sends_descriptors_});
    while (!closed_ && !stream_.empty()) {
      give(stream_.substr(0, piece));
      stream_.remove_prefix(std::min(piece, stream_.size()));
      while (take(reader, false)) {
      }
    }
    supervisor_.close();
    while (take(reader, true)) {
    }
    check(closed_ && found_ == expected_.frames.size());
  }

 private:
  void give(std::string_view bytes) {
    const int descriptors[] = {STDERR_FILENO, STDERR_FILENO};
    check(os::send(supervisor_.get(), bytes,
                   {descriptors, sends_descriptors_ ? bytes.size() % 3 : 0}) == 0);
  }

  bool take(FrameReader& reader, bool wait) {
    const bool buffered = reader.buffered();
    wire::Frame frame;
    const FrameReader::Status status = reader.next(frame, wait);
    check(!buffered || status != FrameReader::Status::none);
    check(reader.descriptors().size() <= wire::max_descriptors);
    if (found_ % 2 == 0) {
      reader.descriptors().clear();
    }
    if (status == FrameReader::Status::frame) {
      check(found_ < expected_.frames.size());
      const wire::Frame& same = expected_.frames[found_++];
      check(frame.type == same.type && frame.payload == same.payload);
      return true;
    }
    closed_ = status == FrameReader::Status::closed;
    check(!closed_ || expected_.broken || !supervisor_);
    return false;
  }

  std::string_view stream_;
  Expected expected_;
  bool sends_descriptors_;
  os::Fd init_;
  os::Fd supervisor_;
  std::size_t found_{0};
  bool closed_{false};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const unsigned how = input.choose(8);
  const std::size_t piece = (how & 4U) != 0 ? std::size_t{60} << 10 : input.choose(255) + 1;
  std::string stream(input.rest());
  if ((how & 4U) != 0) {
    complete_last_frame(stream);
  }
  const fuzz::DescriptorsKept kept;
  Run(stream, (how & 1U) != 0).play(piece);
  return 0;
}
