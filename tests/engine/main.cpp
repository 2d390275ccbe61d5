// SPDX-License-Identifier: Apache-2.0
//
// What only a real engine can show. Exit status 77 when none answers at DOCKER_HOST.
#define CATCH_CONFIG_RUNNER
#include "engine/support.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>

namespace {

constexpr int skipped_status = 77;

bool usable() {
  const sandbox::Probe probe = contract::backend().probe();
  for (const sandbox::Check& check : probe.checks) {
    if (check.status == sandbox::Check::Status::missing) {
      std::printf("SKIPPED: %s: %s; %s\n", check.name.c_str(), check.detail.c_str(),
                  check.remedy.c_str());
    }
  }
  if (!probe.usable) {
    return false;
  }
  const sandbox::docker::Call image{sandbox::docker::Verb::get,
                                    "/images/" + contract::image() + "/json"};
  if (engine_test::engine().call(image).status != 200) {
    std::printf("SKIPPED: the engine has no image %s; tests/engine/engine base DIR\n",
                contract::image().c_str());
    return false;
  }
  return true;
}

} // namespace

int main(int argc, char** argv) {
  Catch::Session session;
  if (const int status = session.applyCommandLine(argc, argv); status != 0) {
    return status;
  }
  contract::choose_backend("docker");
  // An application that a test starts: the test has looked already.
  const bool is_application = std::getenv(engine_test::application_mark) != nullptr;
  return is_application || usable() ? session.run() : skipped_status;
}
