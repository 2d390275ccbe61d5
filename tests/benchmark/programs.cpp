// SPDX-License-Identifier: Apache-2.0
#include "programs.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace benchmark {

std::string noop_bytes() {
  std::ifstream file(SANDBOX_NOOP, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

sandbox::Command command_of(std::vector<std::string> argv) {
  sandbox::Command command;
  command.argv = std::move(argv);
  return command;
}

sandbox::Result run(sandbox::Session& session, const sandbox::Command& command) {
  sandbox::NullSink sink;
  sandbox::Result result = session.run(command, sink);
  if (!result.ok()) {
    throw std::runtime_error(command.argv[0] + ": " + describe(result));
  }
  return result;
}

} // namespace benchmark
