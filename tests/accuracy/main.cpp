// SPDX-License-Identifier: Apache-2.0
//
// sandbox-accuracy: what is reported against what was used, and verdicts close to each limit.
// Ends with 1 when a figure or a verdict was off.
#include "accuracy/figures.hpp"
#include "common/backend.hpp"

#include <sandbox/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <filesystem>

int main(int argc, char** argv) {
  CLI::App app("What is reported against what was used, and verdicts close to each limit.");
  std::string backend = "native";
  std::string only;
  std::string programs = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  int runs = 20;
  int repeats = 5;
  app.add_option("--backend", backend)
      ->check(CLI::IsMember({"native", "docker"}))
      ->capture_default_str();
  app.add_option("--runs", runs, "on each side of each limit")->capture_default_str();
  app.add_option("--repeats", repeats, "of each figure")->capture_default_str();
  app.add_option("--only", only)->check(CLI::IsMember({"cpu", "memory", "verdicts"}));
  CLI11_PARSE(app, argc, argv);
  try {
    const accuracy::Bench bench(backend, programs);
    if (!common::usable(bench.backend())) {
      return common::skipped_status;
    }
    int misses = 0;
    misses += only.empty() || only == "cpu" ? check_cpu(bench, repeats) : 0;
    misses += only.empty() || only == "memory" ? check_memory(bench, repeats) : 0;
    misses += only.empty() || only == "verdicts" ? check_verdicts(bench, runs) : 0;
    fmt::print("\n{}: {} off\n", backend, misses);
    return misses == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "sandbox-accuracy: {}\n", error.what());
    return 1;
  }
}
