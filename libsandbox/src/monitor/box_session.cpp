// SPDX-License-Identifier: Apache-2.0
#include "monitor/box_session.hpp"

#include "monitor/request.hpp"
#include "monitor/stage_run.hpp"
#include "text/box_path.hpp"

#include <sandbox/error.hpp>

#include <poll.h>

#include <algorithm>
#include <utility>

namespace sandbox::monitor {
namespace {

/// A file may say that it is larger than it turns out to be.
constexpr std::uint64_t most_reserved = 16 * MiB;

/// Whoever is told of a file may make one of the same name.
std::string checked_path(const wire::Entry& entry) {
  try {
    text::validate_box_path(entry.path);
  } catch (const Error&) {
    throw_protocol_error();
  }
  return std::string(entry.path);
}

/// Ends the box unless all of an answer was read: the rest must not be taken for another's.
class WholeAnswer {
 public:
  explicit WholeAnswer(Box& box) noexcept : box_(box) {}
  WholeAnswer(const WholeAnswer&) = delete;
  WholeAnswer& operator=(const WholeAnswer&) = delete;
  ~WholeAnswer() {
    if (!complete_) {
      box_.channel().close();
      box_.kill();
    }
  }
  void complete() noexcept { complete_ = true; }

 private:
  Box& box_;
  bool complete_{false};
};

} // namespace

BoxSession::BoxSession(std::unique_ptr<Box> box) : box_(std::move(box)) {}

wire::Frame BoxSession::next_answer() {
  for (;;) {
    const wire::Frame frame = box_->channel().receive();
    if (frame.type != wire::FrameType::ready) {
      return frame;
    }
    expect_version(frame);
  }
}

Channel& BoxSession::init_for_work() {
  if (has_limits_ && !ahead_) {
    box_->make_room_for_init();
  }
  return box_->channel();
}

void BoxSession::start_ahead(const Command& command, std::string_view source) {
  validate_command(command);
  text::validate_new_box_path(source);
  if (!is_new_) {
    throw Error(ErrorCode::invalid_argument, "start ahead", "once only, before any file or run");
  }
  Channel& channel = box_->channel();
  if (!channel.carries_descriptors()) {
    throw Error(ErrorCode::unsupported, "start ahead", "needs the native backend");
  }
  is_new_ = false;
  has_limits_ = true;
  StartedAhead started{command, std::string(source), box_->prepare(command.limits), {}};
  const Request request(command, started.setup);
  channel.queue(wire::StartAhead{source, request.message()});
  std::vector<int> descriptors = started.pipes.program_ends();
  for (const os::Fd& descriptor : started.setup.descriptors) {
    descriptors.push_back(descriptor.get());
  }
  channel.flush(descriptors);
  started.pipes.close_program_ends();
  started.setup.descriptors.clear();
  expect<wire::Done>(next_answer());
  ahead_ = std::move(started);
}

/// Before limits are computed from what the box holds, and before anything large is put into it.
void BoxSession::end_ahead() {
  if (!ahead_) {
    return;
  }
  ahead_.reset();
  Channel& channel = init_for_work();
  channel.queue(wire::EndAhead{});
  channel.flush();
  expect<wire::Done>(next_answer());
}

void BoxSession::put_file(std::string_view path, std::string_view bytes, bool executable) {
  text::validate_new_box_path(path);
  wire::PutFile request;
  request.path = path;
  request.size = bytes.size();
  request.executable = executable ? 1 : 0;
  is_new_ = false;
  if (ahead_ && !ahead_->file_put(path, bytes.size(), executable)) {
    end_ahead();
  }
  Channel& channel = init_for_work();
  box_->file_put(path, bytes.size());
  channel.queue(request);
  channel.queue_data(bytes);
}

Result BoxSession::run(const Command& command, OutputSink& sink, std::stop_token stop) {
  is_new_ = false;
  if (ahead_ && ahead_->serves(command)) {
    return run_ahead(command, sink, stop);
  }
  end_ahead();
  has_limits_ = true;
  return StageRun(*box_, command, sink).run(stop);
}

Result BoxSession::run_ahead(const Command& command, OutputSink& sink,
                             const std::stop_token& stop) {
  std::optional<StageRun> stage;
  try {
    stage.emplace(*box_, command, sink, *std::move(ahead_));
  } catch (...) {
    end_ahead(); // init holds it still
    throw;
  }
  ahead_.reset();
  return stage->run(stop);
}

std::string BoxSession::get_file(std::string_view path, std::uint64_t max_bytes) {
  text::validate_box_path(path);
  Channel& channel = init_for_work();
  channel.queue(wire::GetFile{path, max_bytes});
  channel.flush();
  const auto file = expect<wire::File>(next_answer());
  WholeAnswer answer(*box_);
  if (file.size > max_bytes) {
    throw_protocol_error();
  }
  std::string bytes;
  bytes.reserve(std::min(file.size, most_reserved));
  while (bytes.size() < file.size) {
    const wire::Frame frame = channel.receive();
    if (frame.type != wire::FrameType::data || frame.payload.size() > file.size - bytes.size()) {
      throw_protocol_error();
    }
    bytes += frame.payload;
  }
  answer.complete();
  return bytes;
}

std::vector<BoxEntry> BoxSession::list_files(std::uint64_t max_entries) {
  Channel& channel = init_for_work();
  channel.queue(wire::ListFiles{max_entries});
  channel.flush();
  WholeAnswer answer(*box_);
  std::vector<BoxEntry> entries;
  for (;;) {
    const wire::Frame frame = next_answer();
    if (frame.type == wire::FrameType::failed) {
      answer.complete();
    }
    if (frame.type == wire::FrameType::end_of_list) {
      const auto end = expect<wire::EndOfList>(frame);
      answer.complete();
      if (end.more != 0) {
        throw Error(ErrorCode::resource, "list files",
                    "the box holds more files than asked for, or some that cannot be listed");
      }
      return entries;
    }
    const auto entry = expect<wire::Entry>(frame);
    if (entries.size() == max_entries || entry.kind > wire::EntryType::other) {
      throw_protocol_error();
    }
    entries.push_back({checked_path(entry), static_cast<BoxEntry::Type>(entry.kind), entry.size,
                       entry.executable != 0});
  }
}

void BoxSession::reset() {
  end_ahead();
  Channel& channel = init_for_work();
  channel.queue(wire::Reset{});
  channel.flush();
  expect<wire::Done>(next_answer());
  box_->emptied();
}

/// What confines a program it may find out, and behave accordingly.
std::string BoxSession::root_identity() {
  std::string text = box_->root_identity();
  for (const Guarantee& guarantee : box_->guarantees()) {
    if (guarantee.in_force) {
      text += ' ' + guarantee.name;
    }
  }
  return text;
}

bool BoxSession::alive() noexcept {
  pollfd event{box_->channel().descriptor(), POLLRDHUP, 0};
  return event.fd >= 0 && box_->is_fresh() && ::poll(&event, 1, 0) == 0;
}

} // namespace sandbox::monitor
