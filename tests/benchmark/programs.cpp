// SPDX-License-Identifier: Apache-2.0
#include "programs.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace benchmark {

std::string file_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) {
    throw std::runtime_error("cannot read " + path);
  }
  return bytes;
}

std::string noop_bytes() {
  return file_bytes(SANDBOX_NOOP);
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
