// SPDX-License-Identifier: Apache-2.0
#include "unit/cache/support.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>

using namespace sandbox;
using namespace sandbox::cache;

namespace {

const std::vector<std::string> two_files = {"program", std::string("\0\xff", 2)};

/// All that there is to an entry, as Store reads it; throws what that throws.
std::vector<std::string> read_all(const std::filesystem::path& path, const std::string& key) {
  EntryReader reader(os::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), key, 1 * MiB);
  return cached::contents(reader);
}

class Entry {
 public:
  Entry() : store_({folder_.path(), 1 * GiB, 1 * MiB}) {
    cached::put(store_, 1, two_files);
    bytes_ = cached::read(path());
  }
  std::filesystem::path path() const { return folder_ / cached::key(1); }
  const std::string& bytes() const { return bytes_; }
  const Store& store() const { return store_; }

 private:
  common::TemporaryFolder folder_{"entry"};
  Store store_;
  std::string bytes_;
};

} // namespace

TEST_CASE("an entry brings back the stage and its files") {
  const Entry entry;
  auto found = entry.store().find(cached::key(1));
  REQUIRE(found);
  const StageReport& stage = found->head().stage;
  CHECK(stage.stage == Stage::compile);
  CHECK(stage.result.ok());
  CHECK(stage.result.exit_code == 0);
  CHECK_FALSE(stage.result.signal);
  CHECK(stage.result.backend == "native");
  CHECK(stage.result.usage.wall_time == std::chrono::milliseconds(40));
  CHECK(stage.result.usage.cpu_user == std::chrono::milliseconds(20));
  CHECK_FALSE(stage.result.usage.cpu_system);
  CHECK(stage.result.usage.memory_peak_bytes == 12345);
  CHECK(stage.result.usage.standard_error.total_bytes == 7);
  CHECK(stage.standard_error.bytes() == "warning");
  CHECK(stage.standard_error.total_bytes == 7);
  CHECK(stage.result.touched.at(0).times == 3);
  CHECK(stage.result.guarantees.at(1).detail == "too old");
  CHECK_FALSE(stage.result.guarantees.at(1).in_force);
  REQUIRE(found->head().files.size() == 2);
  CHECK(found->head().files[0].executable);
  CHECK(found->head().files[1].path == "out/1");
  CHECK(cached::contents(*found) == two_files);
}

TEST_CASE("no byte of an entry can be another without that being seen") {
  const Entry entry;
  for (std::size_t i = 0; i < entry.bytes().size(); ++i) {
    std::string changed = entry.bytes();
    changed[i] = static_cast<char>(changed[i] ^ 1);
    cached::write(entry.path(), changed);
    INFO("byte " << i);
    CHECK_THROWS_AS(read_all(entry.path(), cached::key(1)), DamagedEntry);
  }
}

TEST_CASE("an entry cut anywhere, or longer than it was, is seen") {
  const Entry entry;
  for (std::size_t size = 0; size < entry.bytes().size(); ++size) {
    cached::write(entry.path(), entry.bytes().substr(0, size));
    CHECK_THROWS_AS(read_all(entry.path(), cached::key(1)), DamagedEntry);
  }
  cached::write(entry.path(), entry.bytes() + "x");
  CHECK_THROWS_AS(read_all(entry.path(), cached::key(1)), DamagedEntry);
  cached::write(entry.path(), "x" + entry.bytes());
  CHECK_THROWS_AS(read_all(entry.path(), cached::key(1)), DamagedEntry);
}

TEST_CASE("an entry under another's name is not taken for it") {
  const Entry entry;
  std::filesystem::rename(entry.path(), entry.path().parent_path() / cached::key(2));
  CHECK_THROWS_AS(entry.store().find(cached::key(2)), DamagedEntry);
  CHECK_FALSE(entry.store().find(cached::key(2))); // removed
}

TEST_CASE("a head that claims more than it has is refused before it takes memory") {
  Head head = cached::head(1, two_files);
  std::string bytes = encode(head);
  CHECK(decode(bytes).files.size() == 2);
  const std::size_t count_at = bytes.size() - 2 * (4 + 5 + 1 + 8 + 1 + 32) - 4 + 2;
  for (const unsigned count : {0U, 1U, 3U, 0xFFFFFFFFU}) {
    std::string changed = bytes;
    changed.replace(count_at, 4, reinterpret_cast<const char*>(&count), 4);
    CHECK_THROWS_AS(decode(changed), DamagedEntry);
  }
}
