// SPDX-License-Identifier: Apache-2.0
#include "accuracy/bench.hpp"

#include <sandbox/docker.hpp>
#include <sandbox/native.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace accuracy {
namespace {

using namespace std::chrono_literals;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) {
    throw std::runtime_error("cannot read " + path);
  }
  return bytes;
}

std::string image() {
  const char* chosen = std::getenv("SANDBOX_TEST_IMAGE");
  return chosen != nullptr ? chosen : "debian:bookworm-slim";
}

} // namespace

Bench::Bench(const std::string& backend, const std::string& programs)
    : backend_(backend == "docker" ? sandbox::make_docker_backend()
                                   : sandbox::make_native_backend()),
      cpu_(read(programs + "/accuracy-cpu")), memory_(read(programs + "/accuracy-memory")),
      amount_(read(programs + "/accuracy-amount")) {}

const std::string& Bench::program(const std::string& name) const {
  return name == "cpu" ? cpu_ : name == "memory" ? memory_ : amount_;
}

std::unique_ptr<sandbox::Session> Bench::open(const std::string& name,
                                              const sandbox::Limits& limits,
                                              sandbox::Environment environment) const {
  environment.image = image();
  environment.expected_limits = limits;
  auto session = backend_->open(environment);
  session->put_file("program", program(name), true);
  return session;
}

Bench::Ran Bench::run(sandbox::Session& session, const std::vector<std::string>& args,
                      const sandbox::Limits& limits) const {
  sandbox::Command command;
  command.argv = {"./program"};
  command.argv.insert(command.argv.end(), args.begin(), args.end());
  command.limits = limits;
  sandbox::CapturedOutput output(sandbox::KiB);
  sandbox::Result result = session.run(command, output);
  return {std::move(result), output.standard_output().bytes()};
}

sandbox::Limits ample() {
  sandbox::Limits limits;
  limits.cpu_time = 30s;
  limits.wall_time = 300s;
  limits.memory_bytes = 512 * sandbox::MiB;
  limits.file_size_bytes = 64 * sandbox::MiB;
  return limits;
}

} // namespace accuracy
