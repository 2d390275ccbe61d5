// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/error.hpp>

#include <cerrno>
#include <string>
#include <string_view>

namespace sandbox::os {

/// An Error for a system call that failed: "open /proc: Permission denied". `call` is the call's
/// name, `subject` the path or what else it was about; `error` the errno captured right after it.
Error system_error(ErrorCode code, std::string_view call, std::string_view subject, int error,
                   std::string remedy = {});

/// Throws system_error(resource or setup_failed) when `result` is negative; else returns it.
int check(int result, std::string_view call, std::string_view subject = {});

} // namespace sandbox::os
