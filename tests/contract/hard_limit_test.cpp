// SPDX-License-Identifier: Apache-2.0
//
// Native: an application with hard limits of its own (setrlimit(2)), which all that it starts
// inherit.
#include "common/backend.hpp"
#include "contract/box.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>

using contract::run;

namespace {

/// Whether `right` holds in a copy of the application with this limit, and a backend of its own.
template <class Right>
bool holds_with(__rlimit_resource resource, rlim_t hard, Right right) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit both{hard, hard};
    bool holds = ::setrlimit(resource, &both) == 0;
    try {
      const auto own = common::make_backend("native");
      holds = holds && right(*contract::open_box(*own));
    } catch (const sandbox::Error& error) {
      std::fprintf(stderr, "%s\n", error.what());
      holds = false;
    }
    ::_exit(holds ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status == 0;
}

/// The soft and the hard limit as /proc/self/limits has them in a box.
bool has_limit(sandbox::Session& session, const std::string& name, const std::string& value) {
  const std::string all = run(session, {"show", "/proc/self/limits"}).out;
  const std::string line = all.substr(all.find(name), all.find('\n', all.find(name)));
  const std::size_t soft = line.find_first_not_of(' ', name.size());
  const std::size_t hard = line.find_first_not_of(' ', line.find(' ', soft));
  const auto is_value = [&](std::size_t at) {
    return line.compare(at, value.size() + 1, value + ' ') == 0;
  };
  return is_value(soft) && is_value(hard);
}

/// By CAP_SYS_RESOURCE, which not every root has.
bool may_raise_core_limit() {
  const rlimit raised{0, 1};
  const rlimit none{0, 0};
  return ::setrlimit(RLIMIT_CORE, &raised) == 0 && ::setrlimit(RLIMIT_CORE, &none) == 0;
}

bool is_native() {
  return contract::backend().name() == "native";
}

} // namespace

TEST_CASE("a hard limit of the application's that is lower than a constant one of boxes stays") {
  if (!is_native()) {
    return;
  }
  CHECK(holds_with(RLIMIT_MSGQUEUE, 4096, [](sandbox::Session& session) {
    return has_limit(session, "Max msgqueue size", "4096");
  }));
  CHECK(holds_with(RLIMIT_SIGPENDING, 500, [](sandbox::Session& session) {
    return has_limit(session, "Max pending signals", "500");
  }));
}

TEST_CASE("no core file may be written, nor handed on where that may be forbidden") {
  if (!is_native()) {
    return;
  }
  CHECK(holds_with(RLIMIT_CORE, 0, [](sandbox::Session& session) {
    return has_limit(session, "Max core file size", may_raise_core_limit() ? "1" : "0");
  }));
}

TEST_CASE("a limit that the application itself may not have is refused by name and numbers") {
  if (!is_native()) {
    return;
  }
  CHECK(holds_with(RLIMIT_NOFILE, 200, [](sandbox::Session& session) {
    const auto with = [&](std::uint64_t files) {
      return run(session, {"exit", "0"},
                 [&](sandbox::Command& command) { command.limits.open_files = files; })
          .result.ok();
    };
    try {
      with(256);
    } catch (const sandbox::Error& error) {
      return error.step() == "setrlimit RLIMIT_NOFILE to 256, where the hard limit is 200" &&
             with(200);
    }
    return false;
  }));
}

TEST_CASE("unlimited is what the application itself may have") {
  if (!is_native()) {
    return;
  }
  CHECK(holds_with(RLIMIT_FSIZE, 100 * sandbox::MiB, [](sandbox::Session& session) {
    return run(session, {"exit", "0"},
               [](sandbox::Command& command) {
                 command.limits.file_size_bytes = sandbox::unlimited;
               })
        .result.ok();
  }));
}
