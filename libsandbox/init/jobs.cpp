// SPDX-License-Identifier: Apache-2.0
#include "jobs.hpp"

#include "container.hpp"
#include "os/fd.hpp"
#include "send_frame.hpp"
#include "stage.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>

namespace sandbox::init {
namespace {

/// An engine that was killed while it started a container may know nothing of that afterwards. The
/// container's shim then keeps init's stdin open, and nobody is at the other end. As long as the
/// supervisor waits for an engine that passes nothing on.
constexpr int claim_patience_ms = 60'000;

char chunk[wire::max_chunk];

bool is_claimed(int stream) noexcept {
  pollfd waited{stream, POLLIN, 0};
  return ::poll(&waited, 1, claim_patience_ms) == 1;
}

bool send_file(int stream, OpenedFile& opened) noexcept {
  if (!send_frame(stream, wire::File{opened.size})) {
    return false;
  }
  for (std::uint64_t left = opened.size; left > 0;) {
    const long size = ::read(opened.file.get(), chunk, std::min<std::uint64_t>(left, sizeof chunk));
    if (size <= 0) {
      return false; // the promised size cannot be kept: the box ends rather than lie
    }
    const wire::FrameHeader header{static_cast<std::uint32_t>(size), wire::FrameType::data, 0};
    if (!send_all(stream, reinterpret_cast<const char*>(&header), sizeof header) ||
        !send_all(stream, chunk, static_cast<std::size_t>(size))) {
      return false;
    }
    left -= static_cast<std::uint64_t>(size);
  }
  return true;
}

/// Why a stage did not start, in the supervisor's terms.
wire::Failure start_failure(const Outcome& outcome) noexcept {
  if (!outcome.failed() || std::string_view(outcome.step) != "execve") {
    return outcome.error == E2BIG ? wire::Failure::invalid : wire::Failure::setup;
  }
  switch (outcome.error) {
  case ENOENT:
  case ENOTDIR:
    return wire::Failure::not_found;
  case ENOMEM:
  case EAGAIN:
    return wire::Failure::resource;
  default:
    return wire::Failure::invalid;
  }
}

} // namespace

Jobs::Jobs(FrameReader& reader, SlotState& state) noexcept
    : reader_(reader), state_(state), ahead_(state) {}

void Jobs::refuse(const Outcome& outcome) noexcept {
  answer(outcome, wire::Failure::setup);
}

Jobs::End Jobs::serve() noexcept {
  // A native box's requests are sent without waiting for it: that would only wake the supervisor.
  if (state_.in_container &&
      (!send_frame(reader_.out(), wire::Ready{}) || !is_claimed(reader_.in()))) {
    return End::broken;
  }
  wire::Frame frame;
  while (reader_.next(frame, true) == FrameReader::Status::frame) {
    if (frame.type == wire::FrameType::end_box) {
      return End::box_over;
    }
    if (!handle(frame)) {
      return End::broken;
    }
  }
  return End::closed;
}

bool Jobs::handle(const wire::Frame& frame) noexcept {
  switch (frame.type) {
  case wire::FrameType::put_file: {
    wire::PutFile request;
    if (!wire::decode(frame.payload, request)) {
      return false;
    }
    incoming_.begin(request);
    return true;
  }
  case wire::FrameType::data:
    return incoming_.data(frame.payload);
  case wire::FrameType::start_ahead:
    return start_ahead(frame.payload);
  case wire::FrameType::end_ahead:
    ahead_.end();
    return owes_failure() || answer({}, wire::Failure::setup);
  case wire::FrameType::run:
    return run(frame.payload);
  case wire::FrameType::claim: // that it came is what counts
  case wire::FrameType::kill:  // this and the next came after the stage had ended by itself
  case wire::FrameType::input:
    return true;
  case wire::FrameType::get_file:
    return get_file(frame.payload);
  case wire::FrameType::list_files:
    return list_files(frame.payload);
  case wire::FrameType::reset:
    return owes_failure() || answer(remove_all(), wire::Failure::setup);
  default:
    return false;
  }
}

bool Jobs::answer(const Outcome& outcome, wire::Failure kind) noexcept {
  if (!outcome.failed()) {
    return send_frame(reader_.out(), wire::Done{});
  }
  wire::Failed failed;
  failed.kind = kind;
  failed.step = outcome.step;
  failed.subject = std::string_view(outcome.subject).substr(0, 4096);
  failed.error = outcome.error;
  return send_frame(reader_.out(), failed);
}

bool Jobs::owes_failure() noexcept {
  const Outcome outcome = incoming_.take_failure();
  if (!outcome.failed()) {
    return false;
  }
  answer(outcome, file_failure(outcome.error));
  return true;
}

bool Jobs::start_ahead(std::string_view payload) noexcept {
  wire::StartAhead request;
  Descriptors& received = reader_.descriptors();
  if (!wire::decode(payload, request) || state_.in_container || ahead_.is_there() ||
      !ahead_.given().take_streams(received)) {
    return false;
  }
  ahead_.given().take_group(request.run, received);
  received.clear();
  const Outcome outcome = ahead_.start(reader_, request);
  return answer(outcome, start_failure(outcome));
}

bool Jobs::run(std::string_view payload) noexcept {
  wire::Run request;
  Descriptors& received = reader_.descriptors();
  if (!wire::decode(payload, request)) {
    return false;
  }
  if (ahead_.is_there() != (request.ahead != 0)) {
    return false;
  }
  if (request.ahead != 0) {
    const bool answered = carry_out(request, ahead_.given());
    ahead_.end();
    return answered;
  }
  Given given(state_.figures);
  if (!state_.in_container && !given.take_streams(received)) {
    return false;
  }
  given.take_group(request, received);
  received.clear();
  return carry_out(request, given);
}

bool Jobs::carry_out(const wire::Run& request, Given& given) noexcept {
  Relay relay(reader_.out());
  const Outcome piped = state_.in_container ? given.open(relay) : Outcome{};
  if (owes_failure()) {
    return true;
  }
  Stage stage(reader_, state_, request, given.figures(), state_.in_container ? &relay : nullptr,
              !has_run_);
  has_run_ = true;
  const Outcome outcome =
      in_order([&] { return piped; },
               [&] { return state_.in_container ? check_container(request) : Outcome{}; },
               [&] {
                 const bool goes_on = request.ahead != 0 && stage.take_over(ahead_.take());
                 return goes_on ? Outcome{} : stage.start(given);
               });
  given.close_streams(); // the supervisor sees the end of output when the program's copies close
  return outcome.failed() ? answer(outcome, start_failure(outcome)) : finish(stage, relay);
}

bool Jobs::finish(Stage& stage, Relay& relay) noexcept {
  const wire::Ended ended = stage.finish();
  keep_box_open();
  return relay.finish() && send_frame(reader_.out(), ended);
}

bool Jobs::get_file(std::string_view payload) noexcept {
  wire::GetFile request;
  if (!wire::decode(payload, request)) {
    return false;
  }
  if (owes_failure()) {
    return true;
  }
  OpenedFile opened;
  wire::Failure kind{};
  Outcome outcome = open_file(request.path, request.max_bytes, opened, kind);
  if (outcome.failed()) {
    return answer(outcome, kind);
  }
  return send_file(reader_.out(), opened);
}

bool Jobs::list_files(std::string_view payload) noexcept {
  wire::ListFiles request;
  if (!wire::decode(payload, request)) {
    return false;
  }
  return owes_failure() || send_list(reader_.out(), request.max_entries);
}

} // namespace sandbox::init
