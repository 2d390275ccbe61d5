// SPDX-License-Identifier: Apache-2.0
//
// What a program reads on stdin.
#pragma once

#include <filesystem>
#include <string>
#include <variant>

namespace sandbox {

/// Nothing: the program reads end-of-file at once.
struct NoInput {};

/// Bytes from memory, unchanged.
struct BytesInput {
  std::string bytes{};
};

/// A file of the caller's, read by the supervisor; the program never holds a descriptor of it.
struct FileInput {
  std::filesystem::path path{};
};

/// A descriptor of the caller's (a pipe, a terminal, a socket), pumped by the supervisor until it
/// ends. Not owned: it must stay open during the run, and what was read but not consumed is lost.
struct DescriptorInput {
  int descriptor;
};

using Input = std::variant<NoInput, BytesInput, FileInput, DescriptorInput>;

} // namespace sandbox
