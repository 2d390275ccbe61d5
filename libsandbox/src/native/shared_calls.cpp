// SPDX-License-Identifier: Apache-2.0
#include "native/shared_calls.hpp"

namespace sandbox::native {

std::string SharedCalls::operator()() {
  std::unique_lock lock(mutex_);
  const std::uint64_t wanted = begun_ + 1;
  while (answered_ < wanted) {
    if (begun_ != answered_) {
      ended_.wait(lock);
      continue;
    }
    ++begun_;
    lock.unlock();
    Answer found = answer();
    lock.lock();
    last_ = std::move(found);
    answered_ = begun_;
    ended_.notify_all();
  }
  if (last_.failure) {
    throw Error(*last_.failure);
  }
  return last_.text;
}

/// A copy of the Error for each thread: exceptions that threads share are destroyed by any of them.
SharedCalls::Answer SharedCalls::answer() const {
  try {
    return {call_(), std::nullopt};
  } catch (const Error& error) {
    return {{}, error};
  } catch (const std::exception& error) {
    return {{}, Error(ErrorCode::resource, "look at", error.what())};
  }
}

} // namespace sandbox::native
