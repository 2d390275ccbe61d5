// SPDX-License-Identifier: Apache-2.0
#include "os/system_error.hpp"

#include <fmt/format.h>

#include <cstring>

namespace sandbox::os {
namespace {

/// Names that others chose must not write lines of their own into logs, nor speak to a terminal.
std::string one_line(std::string_view subject) {
  std::string shown;
  for (const char c : subject) {
    const bool control = (c >= 0 && c < 0x20) || c == 0x7F;
    shown += control ? fmt::format("\\x{:02x}", c) : std::string(1, c);
  }
  return shown;
}

} // namespace

Error system_error(ErrorCode code, std::string_view call, std::string_view subject, int error,
                   std::string remedy) {
  std::string step =
      subject.empty() ? std::string(call) : fmt::format("{} {}", call, one_line(subject));
  // strerrordesc_np is thread-safe, which strerror is not.
  const char* text = strerrordesc_np(error);
  return Error(code, std::move(step), text != nullptr ? text : fmt::format("errno {}", error),
               std::move(remedy), error);
}

int check(int result, std::string_view call, std::string_view subject) {
  if (result >= 0) {
    return result;
  }
  const int error = errno;
  const bool exhausted = error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN;
  throw system_error(exhausted ? ErrorCode::resource : ErrorCode::setup_failed, call, subject,
                     error);
}

} // namespace sandbox::os
