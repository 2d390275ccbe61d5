// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "queue.hpp"

namespace worker {

/// The server answered with an error, "NOGROUP ...": what() is its text.
class RedisError : public QueueError {
 public:
  using QueueError::QueueError;
  bool is(std::string_view code) const noexcept {
    return std::string_view(what()).substr(0, code.size()) == code;
  }
};

} // namespace worker
