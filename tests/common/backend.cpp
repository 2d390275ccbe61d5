// SPDX-License-Identifier: Apache-2.0
#include "common/backend.hpp"

#include "common/file.hpp"

#include <sandbox/docker.hpp>
#include <sandbox/native.hpp>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace common {
namespace {

std::vector<std::string> out_of_reach() {
  const char* weak = std::getenv("SANDBOX_TEST_WEAK");
  if (weak == nullptr || (::geteuid() == 0 && std::string_view(weak) != "contained")) {
    return {};
  }
  return {"memory_cgroup",   "swap_limit", "process_cgroup",
          "cpu_time_cgroup", "cpu_share",  "separate_uid"};
}

} // namespace

std::unique_ptr<sandbox::Backend> make_backend(const std::string& name,
                                               std::vector<std::string> accept_missing) {
  if (name == "native") {
    sandbox::NativeOptions options;
    options.accept_missing = out_of_reach();
    options.accept_missing.insert(options.accept_missing.end(), accept_missing.begin(),
                                  accept_missing.end());
    return sandbox::make_native_backend(options);
  }
  if (name == "docker") {
    sandbox::DockerOptions options;
    options.accept_missing = std::move(accept_missing);
    return sandbox::make_docker_backend(options);
  }
  throw std::invalid_argument("unknown backend " + name);
}

std::string image() {
  return test_file("SANDBOX_TEST_IMAGE", "debian:bookworm-slim");
}

bool usable(sandbox::Backend& backend) {
  const sandbox::Probe probe = backend.probe();
  for (const sandbox::Check& check : probe.checks) {
    if (check.status == sandbox::Check::Status::missing) {
      std::printf("SKIPPED: %s: %s; %s\n", check.name.c_str(), check.detail.c_str(),
                  check.remedy.c_str());
    }
  }
  return probe.usable;
}

} // namespace common
