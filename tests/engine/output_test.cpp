// SPDX-License-Identifier: Apache-2.0
//
// Much output: where it goes, and where it must not pile up.
#include "common/memory.hpp"
#include "engine/support.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>
#include <thread>

using namespace sandbox;

namespace {

namespace fs = std::filesystem;

/// Bytes in what the engine keeps of its containers: logs would be there. 0 when that is another
/// machine's, or another user's.
std::uintmax_t kept_by_engine() {
  const fs::path root = engine_test::get("/info").at("DockerRootDir").get<std::string>();
  std::uintmax_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(root / "containers", error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    bytes += entry->is_regular_file(gone) && !entry->is_symlink(gone) ? entry->file_size(gone) : 0;
  }
  return bytes;
}

class CountingSink final : public OutputSink {
 public:
  void write(Stream /*stream*/, std::string_view bytes) override {
    bytes_ += bytes.size();
    right_ = right_ && bytes.find_first_not_of('x') == std::string_view::npos;
  }
  std::uint64_t bytes() const noexcept { return bytes_; }
  bool right() const noexcept { return right_; }

 private:
  std::uint64_t bytes_{0};
  bool right_{true};
};

/// What is held by us and by the engine.
struct Memory {
  std::size_t ours{common::resident_bytes()};
  std::size_t engines{common::resident_bytes(std::to_string(engine_test::engine_process()))};
};

Command write(std::uint64_t bytes) {
  Command command;
  command.argv = {"./probe", "write", "1", std::to_string(bytes)};
  command.limits.cpu_time = std::chrono::seconds{60};
  command.limits.wall_time = std::chrono::seconds{120};
  return command;
}

void check_growth(const Memory& before) {
  const Memory after;
  const auto grown = [](std::size_t from, std::size_t to) { return to > from ? to - from : 0; };
  WARN("grown: " << grown(before.ours, after.ours) / KiB << " KiB here, "
                 << grown(before.engines, after.engines) / KiB << " KiB in the engine");
  CHECK(grown(before.ours, after.ours) < 32 * MiB);
  CHECK(grown(before.engines, after.engines) < 64 * MiB);
}

} // namespace

TEST_CASE("of 1 GiB of output the limit is kept, to the byte, and nothing piles up") {
  auto session = contract::open_box();
  const std::uintmax_t kept_before = kept_by_engine();
  const Memory before;
  CapturedOutput output(4 * MiB);
  const auto start = engine_test::Clock::now();
  const Result result = session->run(write(1 * GiB), output);
  WARN("read " << result.usage.standard_output.total_bytes / KiB << " KiB in "
               << engine_test::seconds_since(start) << " s");
  CHECK(result.verdict == Verdict::output_limit);
  CHECK(output.standard_output().bytes() == std::string(1 * MiB, 'x'));
  CHECK(result.usage.standard_output.kept_bytes == 1 * MiB);
  CHECK(result.usage.standard_output.truncated);
  // What was under way when the limit was passed, not the whole.
  CHECK(result.usage.standard_output.total_bytes < 256 * MiB);
  check_growth(before);
  CHECK(kept_by_engine() < kept_before + 16 * MiB);
}

TEST_CASE("unlimited output arrives complete, and nothing piles up") {
  auto session = contract::open_box();
  const std::uintmax_t kept_before = kept_by_engine();
  const Memory before;
  CountingSink sink;
  Command command = write(256 * MiB);
  command.limits.output_bytes = unlimited;
  const auto start = engine_test::Clock::now();
  const Result result = session->run(command, sink);
  WARN("256 MiB in " << engine_test::seconds_since(start) << " s");
  CHECK(result.ok());
  CHECK(sink.bytes() == 256 * MiB);
  CHECK(sink.right());
  CHECK(result.usage.standard_output.total_bytes == 256 * MiB);
  CHECK_FALSE(result.usage.standard_output.truncated);
  check_growth(before);
  CHECK(kept_by_engine() < kept_before + 16 * MiB);
}

TEST_CASE("a program that floods its output is cancelled at once") {
  auto session = contract::open_box();
  CountingSink sink;
  Command command = write(100 * GiB);
  command.limits.output_bytes = unlimited;
  std::stop_source stop;
  std::jthread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{500});
    stop.request_stop();
  });
  const auto start = engine_test::Clock::now();
  const Result result = session->run(command, sink, stop.get_token());
  CHECK(result.verdict == Verdict::cancelled);
  CHECK(engine_test::seconds_since(start) < 20);
}
