// SPDX-License-Identifier: Apache-2.0
#include "contract/box.hpp"

#include "common/backend.hpp"
#include "common/file.hpp"
#include "common/memory.hpp"
#include "common/mounts.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>

namespace contract {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<sandbox::Backend> chosen;
Differences chosen_differences;
Load chosen_load;

std::size_t count_entries(const fs::path& path) {
  std::error_code error;
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(path, error), fs::directory_iterator()));
}

std::size_t count_groups() {
  std::size_t count = 0;
  for (const char* hierarchy : {"", "memory", "pids", "cpuacct", "cpu"}) {
    const fs::path ours = fs::path("/sys/fs/cgroup") / hierarchy / "libsandbox";
    std::error_code error;
    for (fs::recursive_directory_iterator entry(ours, error), end; !error && entry != end;
         entry.increment(error)) {
      count += entry->is_directory(error) ? 1 : 0;
    }
  }
  return count;
}

} // namespace

void choose_backend(const std::string& name) {
  chosen = common::make_backend(name);
  if (name == "docker") {
    chosen_differences = {.earlier_files_count_as_memory = true,
                          .shows_own_control_group = true,
                          .may_offer_itself_to_the_oom_killer = true,
                          .user_namespace_may_be_missing = true,
                          .least_memory_bytes = 4 * sandbox::MiB};
    chosen_load = {.runs_in_a_row = 200, .runs_at_once = 100, .threads = 8};
  }
}

const Differences& differences() {
  return chosen_differences;
}

const Load& load() {
  return chosen_load;
}

sandbox::Backend& backend() {
  return *chosen;
}

const std::string& probe() {
  static const std::string bytes =
      common::read_file(common::test_file("SANDBOX_TEST_PROBE", SANDBOX_TEST_PROBE));
  return bytes;
}

std::unique_ptr<sandbox::Session> open_box(sandbox::Environment environment) {
  return open_box(backend(), std::move(environment));
}

std::unique_ptr<sandbox::Session> open_box(sandbox::Backend& backend,
                                           sandbox::Environment environment) {
  environment.image = common::image();
  auto session = backend.open(environment);
  session->put_file("probe", probe(), true);
  return session;
}

Ran run(sandbox::Session& session, std::vector<std::string> args,
        const std::function<void(sandbox::Command&)>& change) {
  sandbox::Command command;
  command.argv = {"./probe"};
  command.argv.insert(command.argv.end(), args.begin(), args.end());
  if (change) {
    change(command);
  }
  sandbox::CapturedOutput output(64 * sandbox::MiB);
  sandbox::Result result = session.run(command, output);
  return {std::move(result), output.standard_output().bytes(), output.standard_error().bytes()};
}

Ran run(std::vector<std::string> args, const std::function<void(sandbox::Command&)>& change) {
  return run(*open_box(), std::move(args), change);
}

std::uint64_t touched(const sandbox::Result& result, const std::string& what) {
  const auto found = std::find_if(result.touched.begin(), result.touched.end(),
                                  [&](const sandbox::Touched& each) { return each.limit == what; });
  return found == result.touched.end() ? 0 : found->times;
}

sandbox::ErrorCode error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const sandbox::Error& error) {
    return error.code();
  }
  FAIL("no Error was thrown");
  return {};
}

Holdings holdings() {
  Holdings now;
  now.descriptors = count_entries("/proc/self/fd");
  std::istringstream children(
      common::read_file("/proc/self/task/" + std::to_string(::getpid()) + "/children"));
  now.children = static_cast<std::size_t>(std::distance(
      std::istream_iterator<std::string>(children), std::istream_iterator<std::string>()));
  now.mounts = common::own_mounts().size();
  now.groups = count_groups();
  now.rss_bytes = common::resident_bytes();
  return now;
}

} // namespace contract
