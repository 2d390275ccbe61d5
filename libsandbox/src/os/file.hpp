// SPDX-License-Identifier: Apache-2.0
//
// Small files of the host that only we and the kernel write: control groups, /proc, /etc.
#pragma once

#include "os/fd.hpp"

#include <string>
#include <string_view>

namespace sandbox::os {

/// Opens relative to `directory` (AT_FDCWD allowed), close-on-exec. Throws Error.
Fd open_at(int directory, const std::string& path, int flags);
/// As open_at; an empty Fd when it cannot be opened.
Fd try_open_at(int directory, const std::string& path, int flags) noexcept;
/// Empty when there is no such file; any other failure is an Error.
Fd open_at_if_there(int directory, const std::string& path, int flags);

/// The whole content. Throws Error, also for more than 16 MiB.
std::string read_file(int directory, const std::string& path);
std::string read_fd(int fd);
/// Of a file that the kernel gives as one record of less than 4 KiB: a counter, say.
std::string read_record(int fd);

/// Writes in one call, as control files want it. Throws Error that names `path`.
void write_fd(int fd, std::string_view text, std::string_view path);
void write_file(int directory, const std::string& path, std::string_view text);

} // namespace sandbox::os
