// SPDX-License-Identifier: Apache-2.0
#include "docker/attached_transport.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace sandbox::docker {
namespace {

constexpr std::size_t header_size = 8;
constexpr std::size_t read_size = 64 << 10;
constexpr std::size_t most_complaints = 1024;
constexpr std::size_t endless_complaints = 1 << 20;
/// Init answers at once; an engine that passes nothing on for so long has failed.
constexpr std::chrono::seconds patience{60};

constexpr char stdout_mark = 1;
constexpr char stderr_mark = 2;

std::string harmless(std::string_view bytes) {
  std::string text(bytes);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, ' ');
  return text;
}

} // namespace

AttachedTransport::AttachedTransport(Engine::Attached attached)
    : connection_(std::move(attached.connection)), raw_(std::move(attached.first_bytes)),
      end_(raw_.size()) {}

int AttachedTransport::send(std::string_view bytes, std::span<const int> /*descriptors*/) {
  connection_.set_deadline(std::chrono::steady_clock::now() + patience);
  return connection_.send(bytes);
}

long AttachedTransport::receive(std::span<char> buffer, bool wait) {
  for (;;) {
    while (left_ > 0 || take_header()) {
      if (const std::size_t size = take_payload(buffer); size > 0) {
        return static_cast<long>(size);
      }
      if (begin_ == end_) {
        break;
      }
    }
    if (broken_) {
      return -EPROTO;
    }
    if (const long size = fill(wait); size <= 0) {
      return size;
    }
  }
}

long AttachedTransport::fill(bool wait) {
  std::memmove(raw_.data(), raw_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  // Never made smaller: to make it larger again fills it with zeros, each time.
  raw_.resize(std::max(raw_.size(), end_ + read_size));
  connection_.set_deadline(std::chrono::steady_clock::now() + patience);
  const long size = connection_.receive({raw_.data() + end_, read_size}, wait);
  end_ += static_cast<std::size_t>(std::max(size, 0L));
  return size;
}

bool AttachedTransport::take_header() {
  if (end_ - begin_ < header_size || broken_) {
    return false;
  }
  const char* header = raw_.data() + begin_;
  const bool known = header[0] == stdout_mark || header[0] == stderr_mark;
  if (!known || header[1] != 0 || header[2] != 0 || header[3] != 0) {
    broken_ = true;
    return false;
  }
  from_stdout_ = header[0] == stdout_mark;
  left_ = 0;
  for (std::size_t i = 4; i < header_size; ++i) {
    left_ = left_ << 8 | static_cast<std::uint8_t>(header[i]);
  }
  begin_ += header_size;
  return true;
}

/// What it returns is for the caller; complaints are kept.
std::size_t AttachedTransport::take_payload(std::span<char> buffer) {
  const std::size_t there = std::min(left_, end_ - begin_);
  const std::size_t size = from_stdout_ ? std::min(there, buffer.size()) : there;
  const std::string_view bytes(raw_.data() + begin_, size);
  if (from_stdout_) {
    std::copy(bytes.begin(), bytes.end(), buffer.begin());
  } else {
    const std::size_t room = most_complaints - std::min(most_complaints, complaints_.size());
    if (complained_ += size; complained_ > endless_complaints) {
      broken_ = true;
    }
    complaints_ += harmless(bytes.substr(0, room));
  }
  begin_ += size;
  left_ -= size;
  return from_stdout_ ? size : 0;
}

} // namespace sandbox::docker
