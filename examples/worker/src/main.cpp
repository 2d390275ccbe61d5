// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include <sandbox/error.hpp>

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <cstdio>

int main(int argc, char** argv) {
  CLI::App app("Takes jobs from a queue, runs them in boxes, publishes results.", "sandbox-worker");
  std::string file;
  bool check = false;
  app.add_option("--config", file,
                 "YAML file; variables SANDBOX_WORKER_<SECTION>_<KEY> win over it");
  app.add_flag("--check-config", check, "Read the configuration and exit");
  CLI11_PARSE(app, argc, argv);
  try {
    const worker::Config config = worker::load_config(file, environ);
    return 0;
  } catch (const sandbox::Error& error) {
    std::fprintf(stderr, "sandbox-worker: %s\n", error.what());
    return 78; // EX_CONFIG: a service manager need not try again
  }
}
