// SPDX-License-Identifier: Apache-2.0
//
// sandbox-contract-tests --backend NAME [CATCH OPTIONS]: one expectation for every backend.
#define CATCH_CONFIG_RUNNER
#include "common/backend.hpp"
#include "contract/box.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <stdexcept>

namespace {

constexpr int usage_status = 2;

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
  return common::usable(contract::backend()) ? session.run() : common::skipped_status;
}
