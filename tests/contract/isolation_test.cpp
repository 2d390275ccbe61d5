// SPDX-License-Identifier: Apache-2.0
//
// Boxes beside one another and one after another.
#include "common/backend.hpp"
#include "common/file.hpp"
#include "contract/box.hpp"

#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

using contract::run;

TEST_CASE("a box sees nothing of another, nor of the one before it") {
  auto first = contract::open_box();
  auto second = contract::open_box();
  for (const char* path : {"/box/mark", "/tmp/mark", "/dev/shm/mark"}) {
    CHECK(run(*first, {"put", path, "x"}).result.ok());
    CHECK(run(*second, {"show", path}).out == std::string(path) + ": No such file or directory\n");
  }
  first.reset();
  auto third = contract::open_box();
  CHECK(run(*third, {"show", "/tmp/mark"}).out == "/tmp/mark: No such file or directory\n");
}

namespace {

/// Where processors are emulated, memory takes long to fill.
void slow_machine(sandbox::Command& command) {
  command.limits.cpu_time = std::chrono::seconds{20};
}

} // namespace

TEST_CASE("peak memory of a stage leaves out what an earlier one used", "[full]") {
  auto session = contract::open_box();
  CHECK(run(*session, {"eat", "60"}, slow_machine).result.ok());
  const auto ran = run(*session, {"eat", "10"}, slow_machine);
  REQUIRE(ran.result.usage.memory_peak_bytes.has_value());
  CHECK(*ran.result.usage.memory_peak_bytes < 14 * sandbox::MiB);
}

namespace {

bool wait_until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!condition() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return condition();
}

void small_memory(sandbox::Command& command) {
  command.limits.memory_bytes = 64 * sandbox::MiB;
  command.limits.file_size_bytes = sandbox::unlimited;
  command.limits.cpu_time = std::chrono::seconds{20};
}

/// Long enough for the next box to be likely to get what this one had, short enough for the kernel
/// not to have cleared everything away.
void let_the_box_end() {
  std::this_thread::sleep_for(std::chrono::milliseconds{5});
}

} // namespace

TEST_CASE("what a box left to the kernel to give back is not added to the next one's memory",
          "[full]") {
  for (int i = 0; i < 5; ++i) {
    REQUIRE(run({"leave-shm", "40"}, small_memory).result.ok());
    let_the_box_end();
    CHECK(run({"eat", "80"}, small_memory).result.verdict == sandbox::Verdict::memory_limit);
    CHECK(run({"eat", "50"}, small_memory).result.ok());
  }
}

TEST_CASE("the IPC objects of a box and their numbers are not there for the next") {
  const std::string untouched = "0 0 0 new\n";
  for (int i = 0; i < 4; ++i) {
    CHECK(run({"number-objects"}).out == untouched);
    let_the_box_end();
    CHECK(run({"exit", "0"}).result.ok());
    let_the_box_end();
  }
}

namespace {

/// As a program has it that a container manager listens to. True when there is such a filter now.
bool be_listened_to() {
  sock_filter allow_all{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
  const sock_fprog program{1, &allow_all};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                   &program) >= 0;
}

} // namespace

TEST_CASE("where somebody listens to the application's own filter boxes are made all the same") {
  if (contract::backend().name() != "native" || ::geteuid() != 0) {
    return; // others would need no_new_privs, and with it lose newuidmap
  }
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    bool right = be_listened_to();
    const auto own = common::make_backend("native");
    for (int i = 0; i < 4; ++i) {
      const auto session = contract::open_box(*own);
      right = right && run(*session, {"number-objects"}).out == "0 0 0 new\n";
    }
    ::_exit(right ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("small limits of a box are no limits for what is put in the next one", "[full]") {
  const std::string large(40 * sandbox::MiB, 'x');
  for (int i = 0; i < 3; ++i) {
    REQUIRE(run({"exit", "0"}, [](sandbox::Command& command) {
              command.limits.memory_bytes = 4 * sandbox::MiB;
              command.limits.cores = 0.05;
            }).result.ok());
    let_the_box_end();
    auto session = contract::open_box();
    session->put_file("large", large);
    CHECK(session->get_file("large", sandbox::GiB) == large);
  }
}

TEST_CASE("a stage has its whole memory beside what an earlier one left, and no more", "[full]") {
  auto session = contract::open_box();
  REQUIRE(run(*session, {"leave-file", "/tmp/left", "40960"}, small_memory).result.ok());
  CHECK(run(*session, {"eat", "50"}, small_memory).result.ok() !=
        contract::differences().earlier_files_count_as_memory);
  CHECK(run(*session, {"remove-and-eat", "/tmp/left", "80"}, small_memory).result.verdict ==
        sandbox::Verdict::memory_limit);
}

TEST_CASE("limits of one stage do not hold for the next", "[full]") {
  auto session = contract::open_box();
  const auto small = [](sandbox::Command& command) {
    command.limits.memory_bytes = 32 * sandbox::MiB;
  };
  CHECK(run(*session, {"eat", "64"}, small).result.verdict == sandbox::Verdict::memory_limit);
  CHECK(run(*session, {"eat", "64"}).result.ok());
  CHECK(run(*session, {"eat", "64"}, small).result.verdict == sandbox::Verdict::memory_limit);
}

TEST_CASE("boxes run beside one another from many threads", "[threads]") {
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&right, i] {
        for (int k = 0; k < 5; ++k) {
          right += run({"exit", std::to_string(i)}).result.exit_code == i ? 1 : 0;
        }
      });
    }
  }
  CHECK(right == 40);
}

TEST_CASE("a box that waits takes few of the application's descriptors") {
  constexpr std::size_t kept_ready =
      16; // slots of boxes before, at most; their descriptors are there
  constexpr std::size_t more = 4;
  std::vector<std::unique_ptr<sandbox::Session>> waiting;
  std::size_t before = 0;
  while (waiting.size() < kept_ready + more) {
    before = waiting.size() == kept_ready ? contract::holdings().descriptors : before;
    waiting.push_back(contract::open_box());
  }
  CHECK(contract::holdings().descriptors <= before + 5 * more);
}

TEST_CASE("nothing is held after many runs", "[.stress]") {
  run({"exit", "0"});
  const contract::Holdings before = contract::holdings();
  for (int i = 0; i < contract::load().runs_in_a_row; ++i) {
    REQUIRE(run({"exit", "0"}).result.ok());
  }
  CHECK(wait_until([&] { return contract::holdings().mounts <= before.mounts; }));
  const contract::Holdings after = contract::holdings();
  CHECK(after.children == before.children);
  CHECK(after.descriptors <= before.descriptors + 64);
  CHECK(after.groups <= before.groups + 64);
  CHECK(after.rss_bytes < before.rss_bytes + 16 * sandbox::MiB);
}

TEST_CASE("nothing is held after many runs at once", "[.stress]") {
  const contract::Holdings before = contract::holdings();
  std::atomic<int> left{contract::load().runs_at_once};
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < contract::load().threads; ++i) {
      threads.emplace_back([&] {
        while (left-- > 0) {
          right += run({"exit", "0"}).result.ok() ? 1 : 0;
        }
      });
    }
  }
  CHECK(right == contract::load().runs_at_once);
  CHECK(wait_until([&] { return contract::holdings().mounts <= before.mounts; }));
  const contract::Holdings after = contract::holdings();
  CHECK(after.rss_bytes < before.rss_bytes + 32 * sandbox::MiB);
}

TEST_CASE("a forked copy of the application ends nothing of it") {
  auto own = common::make_backend(std::string(contract::backend().name()));
  auto session = contract::open_box(*own);
  session->put_file("mine", "still here");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    session.reset();
    own.reset();
    ::_exit(0);
  }
  siginfo_t ended{};
  CHECK(wait_until([&] {
    return ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           ended.si_pid == child;
  }));
  CHECK(ended.si_code == CLD_EXITED);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(session->get_file("mine", sandbox::KiB) == "still here");
}

namespace {

/// How long it takes to end boxes, and to make one, beside a forked copy of the application.
std::chrono::steady_clock::duration time_beside_copy() {
  auto own = common::make_backend(std::string(contract::backend().name()));
  auto session = contract::open_box(*own);
  contract::open_box(*own); // leaves a prepared place behind
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const auto start = std::chrono::steady_clock::now();
  session.reset();
  CHECK(contract::open_box(*own)->list_files().size() == 1);
  own.reset();
  const auto time = std::chrono::steady_clock::now() - start;
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  return time;
}

} // namespace

TEST_CASE("a forked copy of the application that lives on holds nothing up") {
  auto shortest = time_beside_copy();
  for (int i = 0; i < 2 && shortest >= std::chrono::seconds{5}; ++i) {
    shortest = std::min(shortest, time_beside_copy()); // the machine may have been busy
  }
  CHECK(shortest < std::chrono::seconds{5});
}

namespace {

constexpr const char* mark_variable = "SANDBOX_TEST_MARK";

/// How long the probe sleeps, by which it is found. With the application's pid, for the other
/// backend's tests may run beside these; the child gets it by its environment.
std::string mark() {
  const char* handed_on = std::getenv(mark_variable);
  return handed_on != nullptr ? handed_on : "77." + std::to_string(::getpid());
}

/// Processes of this host that have the mark among their arguments.
std::size_t count_marked() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string arguments = common::read_file(entry.path() / "cmdline");
    count += arguments.find(std::string(1, '\0') + mark() + '\0') != std::string::npos ? 1 : 0;
  }
  return count;
}

} // namespace

// Run by the test below as an application of its own.
TEST_CASE("a program that sleeps for long", "[.sleeper]") {
  run({"sleep", mark()},
      [](sandbox::Command& command) { command.limits.wall_time = std::chrono::seconds{90}; });
}

TEST_CASE("when the application is killed nothing of it lives for long") {
  const std::string name(contract::backend().name());
  const std::string own_mark = mark();
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::setenv(mark_variable, own_mark.c_str(), 1);
    ::execl("/proc/self/exe", "application", "--backend", name.c_str(), "[.sleeper]", nullptr);
    ::_exit(127);
  }
  CHECK(wait_until([] { return count_marked() > 0; }));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(wait_until([] { return count_marked() == 0; }));
}
