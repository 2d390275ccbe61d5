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
  bool usable{true};

  /// A file is put: whether the program could as well have been started after it.
  void file_put(std::string_view path, std::uint64_t bytes, bool executable) noexcept;
  bool serves(const Command& wanted) const;
};

} // namespace sandbox::monitor
