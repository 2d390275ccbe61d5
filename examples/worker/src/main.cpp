// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"
#include "worker.hpp"

#include <sandbox/error.hpp>

#include <CLI/CLI.hpp>

#include <sched.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

namespace {

constexpr int bad_configuration = 78; // EX_CONFIG: a service manager need not try again

int status_of(const sandbox::Error& error) noexcept {
  switch (error.code()) {
  case sandbox::ErrorCode::invalid_argument:
  case sandbox::ErrorCode::invalid_config:
  case sandbox::ErrorCode::not_found:
    return bad_configuration;
  default:
    return 1;
  }
}

/// The main thread waits for them; no other thread may be interrupted by one.
void block_signals() {
  sigset_t set{};
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN); // a server that goes away is an error of write()
}

/// Who wakes up waits for its turn rather than interrupt who runs (sched(7), SCHED_BATCH); boxes
/// inherit it. Nobody here is in such a hurry: more jobs are done in the same time. A program can
/// put itself back (the filter allows SCHED_OTHER), which costs others milliseconds and loosens no
/// limit.
void prefer_throughput() {
  if (::sched_getscheduler(0) == SCHED_OTHER) { // else somebody chose
    const sched_param none{};
    ::sched_setscheduler(0, SCHED_BATCH, &none); // where it is refused it goes on as it is
  }
}

int complain(const std::exception& error, int status) {
  std::fprintf(stderr, "sandbox-worker: %s\n", error.what());
  return status;
}

} // namespace

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
    if (check) {
      return 0;
    }
    block_signals();
    prefer_throughput();
    worker::Worker(config).serve();
    return 0;
  } catch (const sandbox::Error& error) {
    return complain(error, status_of(error));
  } catch (const std::invalid_argument& error) {
    return complain(error, bad_configuration);
  } catch (const std::exception& error) {
    return complain(error, 1);
  }
}
