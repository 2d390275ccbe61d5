// SPDX-License-Identifier: Apache-2.0
#include "accuracy/bench.hpp"

#include "common/backend.hpp"
#include "common/file.hpp"

namespace accuracy {
using namespace std::chrono_literals;

Bench::Bench(const std::string& backend, const std::string& programs)
    : backend_(common::make_backend(backend)),
      cpu_(common::read_program(programs + "/accuracy-cpu")),
      memory_(common::read_program(programs + "/accuracy-memory")),
      amount_(common::read_program(programs + "/accuracy-amount")) {}

const std::string& Bench::program(const std::string& name) const {
  return name == "cpu" ? cpu_ : name == "memory" ? memory_ : amount_;
}

std::unique_ptr<sandbox::Session> Bench::open(const std::string& name,
                                              const sandbox::Limits& limits,
                                              sandbox::Environment environment) const {
  environment.image = common::image();
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
