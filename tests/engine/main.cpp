// SPDX-License-Identifier: Apache-2.0
//
// What only a real engine can show. Exit status 77 when none answers at DOCKER_HOST.
#define CATCH_CONFIG_RUNNER
#include "common/backend.hpp"
#include "engine/support.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>

namespace {

bool usable() {
  if (!common::usable(contract::backend())) {
    return false;
  }
  const sandbox::docker::Call image{sandbox::docker::Verb::get,
                                    "/images/" + common::image() + "/json"};
  if (engine_test::engine().call(image).status != 200) {
    std::printf("SKIPPED: the engine has no image %s; tests/engine/engine base DIR\n",
                common::image().c_str());
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
  return is_application || usable() ? session.run() : common::skipped_status;
}
