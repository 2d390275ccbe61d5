// SPDX-License-Identifier: Apache-2.0
#include "unit/cache/support.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <thread>

using namespace sandbox;
using namespace sandbox::cache;

namespace {

namespace fs = std::filesystem;

const std::string eight_blocks(8 * 4096 - 1000, 'x'); // with its head

std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    bytes += entry.path().filename() == "sum" ? 0 : entry.file_size();
  }
  return bytes;
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

/// Fails when the child does.
void in_children(int count, const std::function<void(int)>& action) {
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    children.push_back(::fork());
    if (children.back() == 0) {
      try {
        action(i);
        ::_exit(0);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        ::_exit(1);
      }
    }
  }
  for (const pid_t child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
}

} // namespace

TEST_CASE("a store finds what it was given, and nothing else") {
  const common::TemporaryFolder folder("store");
  const Store store({folder / "made/on/demand", 1 * MiB, 1 * MiB});
  CHECK_FALSE(store.find(cached::key(1)));
  cached::put(store, 1, {"one"});
  cached::put(store, 2, {});
  auto found = store.find(cached::key(1));
  REQUIRE(found);
  CHECK(cached::contents(*found) == std::vector<std::string>{"one"});
  CHECK(store.find(cached::key(2)));
  CHECK_FALSE(store.find(cached::key(3)));
  struct stat about {};
  REQUIRE(::stat((folder / "made/on/demand").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0700);
}

TEST_CASE("a damaged entry is told of once and gone then") {
  const common::TemporaryFolder folder("store");
  const Store store({folder.path(), 1 * MiB, 1 * MiB});
  cached::put(store, 1, {"one"});
  cached::write(folder / cached::key(1), "rubbish");
  CHECK_THROWS_AS(store.find(cached::key(1)), DamagedEntry);
  CHECK_FALSE(store.find(cached::key(1)));
}

TEST_CASE("what was unused for longest goes first, and the bound holds") {
  const common::TemporaryFolder folder("store");
  const std::uint64_t bound = 8 * 8 * 4096;
  const Store store({folder.path(), bound, bound});
  for (unsigned i = 0; i < 40; ++i) {
    cached::put(store, i, {eight_blocks});
    CHECK(bytes_in(folder.path()) <= bound);
    REQUIRE(store.find(cached::key(0))); // used all the time
  }
  CHECK(store.find(cached::key(39)));
  CHECK_FALSE(store.find(cached::key(1)));
}

TEST_CASE("an entry beyond a bound is refused, and says so") {
  const common::TemporaryFolder folder("store");
  const Store small_entries({folder.path(), 1 * MiB, 1000});
  CHECK(error_of([&] {
          cached::put(small_entries, 1, {std::string(1000, 'x')});
        }).find("larger than") != std::string::npos);
  const Store small_cache({folder.path(), 4096, 1 * MiB});
  CHECK(error_of([&] { cached::put(small_cache, 1, {eight_blocks}); }).find("smaller") !=
        std::string::npos);
  CHECK(bytes_in(folder.path()) == 0);
  const Store large({folder.path(), 1 * MiB, 1 * MiB});
  cached::put(large, 1, {eight_blocks});
  CHECK_THROWS_AS(small_entries.find(cached::key(1)), Error); // nor read into memory
}

TEST_CASE("an application that may not write large files is not ended by an entry") {
  const common::TemporaryFolder folder("store");
  const Store store({folder.path(), 1 * MiB, 1 * MiB});
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{4096, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string error = error_of([&] { cached::put(store, 1, {eight_blocks}); });
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK(error.find("ulimit") != std::string::npos);
}

TEST_CASE("a put that fails half-way leaves nothing") {
  const common::TemporaryFolder folder("store");
  const Store store({folder.path(), 1 * MiB, 1 * MiB});
  CHECK_THROWS_AS(
      store.put(cached::head(1, {"a"}),
                [](const StoredFile&) -> std::string { throw Error(ErrorCode::resource, "", ""); }),
      Error);
  CHECK_THROWS_AS(store.put(cached::head(1, {"a"}), [](const StoredFile&) { return "longer"; }),
                  Error);
  CHECK(bytes_in(folder.path()) == 0);
}

TEST_CASE("a folder that others may write to or that is a link is not used") {
  const common::TemporaryFolder folder("store");
  const fs::path inner = folder / "cache";
  fs::create_directory(inner);
  const Store store({inner, 1 * MiB, 1 * MiB});
  cached::put(store, 1, {"one"});
  ::chmod(inner.c_str(), 0770);
  CHECK_THROWS_AS(store.find(cached::key(1)), Error);
  CHECK_THROWS_AS(cached::put(store, 2, {"two"}), Error);
  ::chmod(inner.c_str(), 0755);
  CHECK(store.find(cached::key(1)));
  ::chmod((inner / cached::key(1)).c_str(), 0622);
  CHECK_THROWS_AS(store.find(cached::key(1)), Error);
  fs::create_directory_symlink(inner, folder / "link");
  CHECK_THROWS_AS(Store({folder / "link", 1 * MiB, 1 * MiB}).find(cached::key(1)), Error);
  cached::write(folder / "file", "");
  CHECK_THROWS_AS(Store({folder / "file", 1 * MiB, 1 * MiB}).find(cached::key(1)), Error);
}

TEST_CASE("a folder of another user's is not used") {
  if (::geteuid() != 0) {
    return; // nobody else's can be made
  }
  const common::TemporaryFolder folder("store", 0755);
  REQUIRE(::chown(folder.path().c_str(), 65534, 65534) == 0);
  const std::string error = error_of([&] {
    Store({folder.path(), 1 * MiB, 1 * MiB}).find(cached::key(1));
  });
  CHECK(error.find("another user") != std::string::npos);
}

TEST_CASE("what is no regular file is not opened as an entry") {
  const common::TemporaryFolder folder("store");
  const Store store({folder.path(), 1 * MiB, 1 * MiB});
  REQUIRE(::mkfifo((folder / cached::key(1)).c_str(), 0600) == 0); // must not hold us up
  CHECK_THROWS_AS(store.find(cached::key(1)), Error);
  cached::put(store, 2, {"two"});
  fs::create_symlink(cached::key(2), folder / cached::key(3));
  CHECK_THROWS_AS(store.find(cached::key(3)), Error);
}

TEST_CASE("a folder that is removed while it is in use is made again") {
  const common::TemporaryFolder folder("store");
  const Store store({folder / "cache", 1 * MiB, 1 * MiB});
  cached::put(store, 1, {"one"});
  auto found = store.find(cached::key(1));
  fs::remove_all(folder / "cache");
  REQUIRE(found);
  CHECK(cached::contents(*found) == std::vector<std::string>{"one"}); // it was open
  CHECK_FALSE(store.find(cached::key(1)));
  cached::put(store, 1, {"one"});
  CHECK(store.find(cached::key(1)));
}

TEST_CASE("a folder named with a slash, or parts that change nothing, is the same one") {
  const common::TemporaryFolder folder("store");
  const mode_t before = ::umask(0002);
  for (const char* name : {"a/b/", "a/./b", "a/c/../b/."}) {
    const Store store({folder / name, 1 * MiB, 1 * MiB});
    if (!store.find(cached::key(1))) {
      cached::put(store, 1, {"one"});
    }
  }
  ::umask(before);
  CHECK(Store({folder / "a/b", 1 * MiB, 1 * MiB}).find(cached::key(1)));
  CHECK_FALSE(fs::exists(folder / "a/c"));
  struct stat about {};
  REQUIRE(::stat((folder / "a").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0700);
}

TEST_CASE(
    "what cannot be removed yet leaves no room, and that is no reason to be beyond the bound") {
  const common::TemporaryFolder folder("store");
  const std::uint64_t bound = 4 * 8 * 4096;
  const Store store({folder.path(), bound, bound});
  for (const char* name : {"new-0", "new-1", "new-2", "new-3"}) {
    cached::write(folder / name, eight_blocks);
  }
  CHECK(error_of([&] { cached::put(store, 1, {eight_blocks}); }).find("being written") !=
        std::string::npos);
  CHECK(bytes_in(folder.path()) <= bound);
  CHECK_FALSE(store.find(cached::key(1)));
}

TEST_CASE("an account that is too high or rubbish costs a count, no entries") {
  const common::TemporaryFolder folder("store");
  const Store store({folder.path(), 1 * MiB, 1 * MiB});
  cached::put(store, 1, {"one"});
  cached::write(folder / "sum", GENERATE(as<std::string>{}, "", "x", std::string(8, '\xff')));
  cached::put(store, 2, {"two"});
  CHECK(store.find(cached::key(1)));
  CHECK(store.find(cached::key(2)));
}

TEST_CASE("files that a killed writer left go when room is needed; a living one's stay") {
  const common::TemporaryFolder folder("store");
  const std::uint64_t bound = 4 * 8 * 4096;
  const Store store({folder.path(), bound, bound});
  const fs::path old_one = folder / "new-0123456789abcdef";
  const fs::path new_one = folder / "new-fedcba9876543210";
  cached::write(old_one, eight_blocks);
  cached::write(new_one, eight_blocks);
  cached::write(folder / "new-somebody-elses", "");
  fs::last_write_time(old_one, fs::file_time_type::clock::now() - std::chrono::hours(2));
  for (unsigned i = 0; i < 4; ++i) {
    cached::put(store, i, {eight_blocks});
  }
  CHECK_FALSE(fs::exists(old_one));
  CHECK(fs::exists(new_one));
  CHECK(fs::exists(folder / "new-somebody-elses"));
}

TEST_CASE("a process that stopped with the lock held keeps nobody waiting for ever") {
  const common::TemporaryFolder folder("store");
  const Store store({folder.path(), 1 * MiB, 1 * MiB});
  cached::put(store, 1, {"one"});
  const os::Fd other(::open((folder / "sum").c_str(), O_RDWR | O_CLOEXEC));
  REQUIRE(::flock(other.get(), LOCK_EX) == 0);
  CHECK(store.find(cached::key(1))); // looking takes no lock
  CHECK(error_of([&] { cached::put(store, 2, {"two"}); }).find("locked") != std::string::npos);
}

namespace {

/// Nobody waits for the lock for long.
bool put_unless_busy(const Store& store, unsigned number,
                     const std::vector<std::string>& contents) {
  try {
    cached::put(store, number, contents);
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::resource) {
      throw;
    }
    return false;
  }
}

} // namespace

TEST_CASE("processes that put, find and evict at once see whole entries only") {
  const common::TemporaryFolder folder("store");
  const std::uint64_t bound = 6 * 8 * 4096;
  in_children(4, [&](int child) {
    const Store store({folder.path(), bound, bound});
    for (unsigned i = 0; i < 200; ++i) {
      const unsigned number = (i * 7 + static_cast<unsigned>(child)) % 12;
      if (auto found = store.find(cached::key(number))) {
        const auto contents = cached::contents(*found);
        if (contents != std::vector<std::string>{eight_blocks, std::to_string(number)}) {
          throw std::runtime_error("another entry's");
        }
      } else {
        put_unless_busy(store, number, {eight_blocks, std::to_string(number)});
      }
    }
  });
  CHECK(bytes_in(folder.path()) <= bound);
}

TEST_CASE("threads share a store") {
  const common::TemporaryFolder folder("store");
  const Store store({folder.path(), 1 * MiB, 1 * MiB});
  std::vector<std::thread> threads;
  std::atomic<int> put{0};
  std::atomic<int> wrong{0};
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (unsigned i = 0; i < 50; ++i) {
        if (put_unless_busy(store, i, {std::to_string(i)})) {
          ++put;
          auto found = store.find(cached::key(i));
          wrong += found && cached::contents(*found).at(0) == std::to_string(i) ? 0 : 1;
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(put > 100);
  CHECK(wrong == 0);
}

TEST_CASE("options that cannot be meant are refused; a folder that cannot be made is not") {
  CHECK_THROWS_AS(CompileCache({.folder = "relative"}), Error);
  CHECK_THROWS_AS(CompileCache({.folder = ""}), Error);
  CHECK_THROWS_AS(CompileCache({.folder = "/x", .max_bytes = 0}), Error);
  CHECK_THROWS_AS(CompileCache({.folder = "/x", .max_entry_bytes = 0}), Error);
  CHECK_NOTHROW(CompileCache({.folder = "/proc/no/such"}));
}
