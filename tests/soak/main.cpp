// SPDX-License-Identifier: Apache-2.0
//
// sandbox-soak: honest and hostile programs for a long time, by more threads than there are cores.
// Ends with 1 when the library erred, a verdict was wrong, or something was left or grew.
#include "common/backend.hpp"
#include "soak/soak.hpp"

#include <sandbox/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <random>

int main(int argc, char** argv) {
  CLI::App app("Honest and hostile programs for a long time; ends with 1 when anything was wrong.");
  soak::Options options;
  options.programs = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  options.seed = std::random_device{}();
  app.add_option("--backend", options.backend)
      ->check(CLI::IsMember({"native", "docker"}))
      ->capture_default_str();
  app.add_option("--minutes", options.minutes, "how long")->required()->check(CLI::PositiveNumber);
  app.add_option("--overload", options.overload, "threads for each core")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--json", options.json, "file for the figures");
  app.add_option("--programs", options.programs, "folder of soak-honest and soak-hostile");
  app.add_option("--seed", options.seed, "for the same order of programs in each thread");
  CLI11_PARSE(app, argc, argv);
  try {
    return !common::usable(*soak::Host(options.backend).make_backend()) ? common::skipped_status
           : soak::Soak(options).run()                                  ? 0
                                                                        : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "sandbox-soak: {}\n", error.what());
    return 1;
  }
}
