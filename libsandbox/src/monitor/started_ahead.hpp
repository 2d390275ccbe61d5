// SPDX-License-Identifier: Apache-2.0
//
// A program that init holds, and what it was started with.
#pragma once

#include "monitor/box.hpp"
#include "monitor/program_pipes.hpp"

#include <sandbox/command.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace sandbox::monitor {

struct StartedAhead {
  Command command;
  std::string source;
  StageSetup setup;
  ProgramPipes pipes;
  bool source_put{false};

  /// A file is put: whether the program could as well have been started after it.
  bool file_put(std::string_view path, std::uint64_t bytes, bool executable) noexcept;
  /// Whether it is the program of that command, and nobody could tell. One that has written
  /// something is not: were it found dead, the one started in its place would write that again.
  bool serves(const Command& wanted) const;
};

} // namespace sandbox::monitor
