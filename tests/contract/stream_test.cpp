// SPDX-License-Identifier: Apache-2.0
#include "contract/box.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <numeric>
#include <thread>

using contract::run;
using sandbox::Command;

namespace {

std::string every_byte(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<char>(i * 7 + i / 256);
  }
  return bytes;
}

} // namespace

TEST_CASE("all 256 bytes come out as they were written") {
  std::string expected(256, '\0');
  std::iota(expected.begin(), expected.end(), '\0');
  CHECK(run({"bytes"}).out == expected);
}

TEST_CASE("input from memory arrives unchanged, small and large") {
  const std::size_t size = GENERATE(0U, 1U, 65536U, 65537U, 8U << 20U);
  const std::string bytes = every_byte(size);
  const auto ran = run({"cat"}, [&](Command& command) {
    command.input = sandbox::BytesInput{bytes};
    command.limits.output_bytes = 16 * sandbox::MiB;
    command.limits.memory_bytes = 64 * sandbox::MiB;
  });
  CHECK(ran.result.ok());
  CHECK(ran.out == bytes);
}

TEST_CASE("input from a file and from a descriptor arrives unchanged") {
  const std::string bytes = every_byte(300'000);
  char name[] = "/tmp/libsandbox-input-XXXXXX";
  const int fd = ::mkstemp(name);
  REQUIRE(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  ::lseek(fd, 0, SEEK_SET);
  CHECK(run({"cat"}, [&](Command& command) { command.input = sandbox::FileInput{name}; }).out ==
        bytes);
  CHECK(run({"cat"}, [&](Command& command) { command.input = sandbox::DescriptorInput{fd}; }).out ==
        bytes);
  ::close(fd);
  ::unlink(name);
}

TEST_CASE("a program that never reads its large input ends as it likes") {
  const std::string mode = GENERATE("exit", "close-input");
  const auto ran = run({mode, "0"}, [](Command& command) {
    command.input = sandbox::BytesInput{std::string(32 << 20, 'x')};
  });
  CHECK(ran.result.ok());
}

TEST_CASE("an input that never ends does not outlive the program") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  CHECK(run({"exit", "0"}, [&](Command& command) {
          command.input = sandbox::DescriptorInput{ends[0]};
        }).result.ok());
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a program may open its streams by name") {
  const auto ran =
      run({"reopen"}, [](Command& command) { command.input = sandbox::BytesInput{"by name"}; });
  CHECK(ran.out == "by name");
  CHECK(ran.err.empty());
}

TEST_CASE("a sink that holds the supervisor up loses nothing of what became of the program") {
  Command command;
  command.argv = {"/bin/sh", "-c", "echo out; exit 3"};
  command.limits.wall_time = std::chrono::seconds{2};
  sandbox::CallbackSink slow([](sandbox::Stream, std::string_view) {
    std::this_thread::sleep_for(std::chrono::seconds{8}); // longer than init is given
  });
  CHECK(contract::open_box()->run(command, slow).exit_code == 3);
}

TEST_CASE("a missing input file is an error that names it") {
  CHECK(contract::error_of([] {
          run({"cat"},
              [](Command& command) { command.input = sandbox::FileInput{"/does/not/exist"}; });
        }) == sandbox::ErrorCode::not_found);
}

TEST_CASE("output before a kill is kept") {
  const auto ran = run({"say-and-sleep"}, [](Command& command) {
    command.limits.wall_time = std::chrono::seconds{2};
  });
  CHECK(ran.result.verdict == sandbox::Verdict::wall_time_limit);
  CHECK(ran.out == std::string(1000, 'x'));
}

TEST_CASE("head and tail of long output are kept") {
  auto session = contract::open_box();
  Command command;
  command.argv = {"./probe", "cat"};
  std::string bytes = every_byte(100'000);
  command.input = sandbox::BytesInput{bytes};
  sandbox::CapturedOutput output(1000, sandbox::Keep::head_and_tail);
  CHECK(session->run(command, output).ok());
  CHECK(output.standard_output().head == bytes.substr(0, 500));
  CHECK(output.standard_output().tail == bytes.substr(bytes.size() - 500));
  CHECK(output.standard_output().total_bytes == bytes.size());
}
