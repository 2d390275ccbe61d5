// SPDX-License-Identifier: Apache-2.0
//
// What the contract suite needs of a backend: one place that names the backends, and short ways to
// run the probe.
#pragma once

#include <sandbox/backend.hpp>
#include <sandbox/error.hpp>
#include <sandbox/limits.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace contract {

/// The backend under test, chosen by name on the command line; made once.
sandbox::Backend& backend();
void choose_backend(const std::string& name);

/// Where backends differ; everything else is expected of all of them alike.
struct Differences {
  /// docker: a container is one control group, and only the engine may write to it. Native boxes
  /// give each stage a group of its own.
  bool earlier_files_count_as_memory{false};
  /// docker: an engine shows a container its own control group at /sys/fs/cgroup, read-only; init
  /// reads its figures there and may not unmount it. The rest of /sys is masked.
  bool shows_own_control_group{false};
  /// docker: the container's /proc is writable where the file's owner may write: a program may make
  /// itself a likelier victim of the kernel, never init or anybody else.
  bool may_offer_itself_to_the_oom_killer{false};
  /// docker: containers of an ordinary engine share the host's user ids.
  bool user_namespace_may_be_missing{false};
  /// docker: engines refuse less.
  std::uint64_t least_memory_bytes{sandbox::MiB};
};
const Differences& differences();

/// How much is a stress for the backend: a container takes longer to make than a native box.
struct Load {
  int runs_in_a_row{2000};
  int runs_at_once{500};
  int threads{16};
};
const Load& load();

/// The static probe program (tests/programs/probe.c).
const std::string& probe();

/// A box with the probe in it.
std::unique_ptr<sandbox::Session> open_box(sandbox::Environment environment = {});
std::unique_ptr<sandbox::Session> open_box(sandbox::Backend& backend,
                                           sandbox::Environment environment = {});

struct Ran {
  sandbox::Result result;
  std::string out;
  std::string err;
};

/// Runs the probe with these arguments in a box; `change` may alter the command.
Ran run(sandbox::Session& session, std::vector<std::string> args,
        const std::function<void(sandbox::Command&)>& change = {});
/// The same in a box of its own.
Ran run(std::vector<std::string> args, const std::function<void(sandbox::Command&)>& change = {});

/// How often `what` was touched.
std::uint64_t touched(const sandbox::Result& result, const std::string& what);

/// The code of the Error that `action` throws; fails the test when it throws none.
sandbox::ErrorCode error_of(const std::function<void()>& action);

/// What the process holds and what of ours is on the host, for tests that nothing is left.
struct Holdings {
  std::size_t descriptors{0};
  std::size_t children{0};
  std::size_t mounts{0};
  std::size_t groups{0};
  std::size_t rss_bytes{0};
};
Holdings holdings();

} // namespace contract
