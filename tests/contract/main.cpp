// SPDX-License-Identifier: Apache-2.0
//
// sandbox-contract-tests --backend NAME [CATCH OPTIONS]: one expectation for every backend.
#define CATCH_CONFIG_RUNNER
#include "contract/box.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <stdexcept>

namespace {

constexpr int usage_status = 2;
constexpr int skipped_status = 77;

/// Prints what is missing, with its remedy, when the backend cannot be used here.
bool usable() {
  const sandbox::Probe probe = contract::backend().probe();
  for (const sandbox::Check& check : probe.checks) {
    if (check.status == sandbox::Check::Status::missing) {
      std::printf("SKIPPED: %s: %s; %s\n", check.name.c_str(), check.detail.c_str(),
                  check.remedy.c_str());
    }
  }
  return probe.usable;
}

} // namespace

int main(int argc, char** argv) {
  Catch::Session session;
  std::string backend = "native";
  session.cli(session.cli() |
              Catch::clara::Opt(backend, "NAME")["--backend"]("backend under test"));
  if (const int status = session.applyCommandLine(argc, argv); status != 0) {
    return status;
  }
  try {
    contract::choose_backend(backend);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return usage_status;
  }
  return usable() ? session.run() : skipped_status;
}
