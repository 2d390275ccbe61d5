// SPDX-License-Identifier: Apache-2.0
//
// A Command as init wants it.
#pragma once

#include "monitor/box.hpp"
#include "wire/messages.hpp"

#include <sandbox/command.hpp>

#include <string>

namespace sandbox::monitor {

/// Owns the packed texts that the message's views point into.
class Request {
 public:
  Request(const Command& command, const StageSetup& setup);
  wire::Run message() const noexcept { return message_; }

 private:
  std::string argv_;
  std::string env_;
  std::string search_path_;
  wire::Run message_;
};

/// Throws Error(invalid_argument) for an empty argv, a NUL in a text, an environment name that is
/// empty or holds `=`, or limits that validate() refuses.
void validate_command(const Command& command);

} // namespace sandbox::monitor
