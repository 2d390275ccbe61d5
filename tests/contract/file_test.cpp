// SPDX-License-Identifier: Apache-2.0
#include "contract/box.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using contract::error_of;
using contract::run;
using sandbox::Command;
using sandbox::ErrorCode;

TEST_CASE("files put in are seen, in folders that are made") {
  auto session = contract::open_box();
  session->put_file("a/b/c.txt", "content");
  CHECK(run(*session, {"show", "/box/a/b/c.txt"}).out == "content");
}

TEST_CASE("file names that lead out of the box are refused") {
  auto session = contract::open_box();
  const std::string name =
      GENERATE(as<std::string>{}, "", "/etc/x", "..", "../x", "a/../../x", "./x", "a//b", "a/",
               std::string("a\0b", 3), std::string(256, 'n'), std::string(5000, 'n'));
  CHECK(error_of([&] { session->put_file(name, "x"); }) == ErrorCode::invalid_argument);
}

TEST_CASE("a file of one stage is there in the next and can be brought back") {
  auto session = contract::open_box();
  CHECK(run(*session, {"put", "result", "from the first stage"}).result.ok());
  CHECK(run(*session, {"show", "result"}).out == "from the first stage");
  CHECK(session->get_file("result", 100) == "from the first stage");
}

TEST_CASE("only regular files within the bound are brought back, and no link is followed") {
  auto session = contract::open_box();
  run(*session, {"tree"});
  CHECK(error_of([&] { session->get_file("link", 1000); }) == ErrorCode::invalid_argument);
  CHECK(error_of([&] { session->get_file("fifo", 1000); }) == ErrorCode::invalid_argument);
  CHECK(error_of([&] { session->get_file("directory", 1000); }) == ErrorCode::invalid_argument);
  CHECK(error_of([&] { session->get_file("link/passwd", 1000); }) == ErrorCode::not_found);
  CHECK(error_of([&] { session->get_file("missing", 1000); }) == ErrorCode::not_found);
  CHECK(error_of([&] { session->get_file("probe", 10); }) == ErrorCode::invalid_argument);
  CHECK(session->get_file("-rf\n\xff", 10).empty());
}

TEST_CASE("large files that are put cost no more memory than files that a stage left") {
  auto session = contract::open_box();
  const auto small = [](Command& command) { command.limits.memory_bytes = 32 * sandbox::MiB; };
  session->put_file("large", std::string(40 * sandbox::MiB, 'x'));
  const sandbox::Result result = run(*session, {"exit", "0"}, small).result;
  CHECK(result.ok() != contract::differences().earlier_files_count_as_memory);
  CHECK((result.ok() || result.verdict == sandbox::Verdict::memory_limit));
  session->put_file("large", "x");
  CHECK_NOTHROW(run(*session, {"exit", "0"}, small));
  session->put_file("large", std::string(40 * sandbox::MiB, 'x'));
  session->reset();
  const auto small_true = [](Command& command) {
    command.limits.memory_bytes = 32 * sandbox::MiB;
    command.argv = {"/bin/true"};
  };
  CHECK(run(*session, {}, small_true).result.ok());
}

TEST_CASE("putting a file through a link that a program left is refused") {
  auto session = contract::open_box();
  run(*session, {"tree"});
  session->put_file("link", "overwritten");
  CHECK(error_of([&] { run(*session, {"exit", "0"}); }) == ErrorCode::invalid_argument);
  CHECK(run(*session, {"exit", "0"}).result.ok());
}

TEST_CASE("what a program left is listed, names as they are, within a bound") {
  auto session = contract::open_box();
  run(*session, {"tree"});
  const auto entries = session->list_files(1000);
  const auto has = [&](const std::string& path, sandbox::BoxEntry::Type type) {
    return std::any_of(entries.begin(), entries.end(), [&](const sandbox::BoxEntry& entry) {
      return entry.path == path && entry.type == type;
    });
  };
  CHECK(has("link", sandbox::BoxEntry::Type::symlink));
  CHECK(has("fifo", sandbox::BoxEntry::Type::other));
  CHECK(has("deep/d/d/d", sandbox::BoxEntry::Type::directory));
  CHECK(has("-rf\n\xff", sandbox::BoxEntry::Type::file));
  CHECK(error_of([&] { session->list_files(10); }) == ErrorCode::resource);
}

TEST_CASE("a folder that nobody may search hides nothing from the list") {
  auto session = contract::open_box();
  run(*session, {"closed-folder"});
  std::vector<std::string> names;
  for (const sandbox::BoxEntry& entry : session->list_files(100)) {
    names.push_back(entry.path);
  }
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"after", "closed", "closed/inner", "probe"});
}

TEST_CASE("files come back from a box that is full of what a program left", "[full]") {
  // Around the point where the limit is reached, where init itself could be the one to reach it.
  for (int kib = 15000; kib < 17000; kib += 50) {
    auto session = contract::open_box();
    const auto filled = [&] {
      return run(*session, {"leave-file", "/tmp/left", std::to_string(kib)},
                 [](sandbox::Command& command) {
                   command.limits.memory_bytes = 16 * sandbox::MiB;
                   command.limits.file_size_bytes = sandbox::unlimited;
                 });
    };
    INFO(kib);
    if (filled().result.ok()) {
      CHECK(session->get_file("probe", sandbox::GiB) == contract::probe());
    }
  }
}

TEST_CASE("reset removes everything, whatever its depth and modes") {
  auto session = contract::open_box();
  run(*session, {"tree"});
  run(*session, {"put", "/tmp/left", "x"});
  run(*session, {"put", "/dev/shm/left", "x"});
  // A directory of mode 000 cannot be listed even by its owner; reset must manage without.
  session->reset();
  CHECK(session->list_files().empty());
  session->put_file("probe", contract::probe(), true);
  CHECK(run(*session, {"show", "/tmp/left"}).out == "/tmp/left: No such file or directory\n");
  CHECK(run(*session, {"show", "/dev/shm/left"}).out ==
        "/dev/shm/left: No such file or directory\n");
}

TEST_CASE("a full box tells the program and the result") {
  sandbox::Environment environment;
  environment.disk_bytes = 4 * sandbox::MiB;
  auto session = contract::open_box(environment);
  const auto ran = run(*session, {"fill", "big"}, [](Command& command) {
    command.limits.file_size_bytes = sandbox::unlimited;
  });
  CHECK(ran.out == "No space left on device\n");
  CHECK(contract::touched(ran.result, "disk_bytes") == 1);
  CHECK(ran.result.usage.disk_used_bytes >= 4 * sandbox::MiB - 64 * sandbox::KiB);
}

TEST_CASE("a box out of inodes tells the program and the result") {
  sandbox::Environment environment;
  environment.disk_inodes = 50;
  auto session = contract::open_box(environment);
  const auto ran = run(*session, {"make-files", "."});
  CHECK(ran.out == "No space left on device\n");
  CHECK(contract::touched(ran.result, "disk_inodes") == 1);
}

TEST_CASE("a file beyond the size limit fails with EFBIG") {
  CHECK(run({"fill", "big"}, [](Command& command) {
          command.limits.file_size_bytes = sandbox::MiB;
        }).out == "File too large\n");
}

TEST_CASE("descriptors beyond the limit fail with EMFILE") {
  CHECK(run({"open-files"}, [](Command& command) { command.limits.open_files = 20; }).out ==
        "20 Too many open files\n");
}

TEST_CASE("a submission larger than the box is an error, not a verdict") {
  sandbox::Environment environment;
  environment.disk_bytes = 4 * sandbox::MiB;
  auto session = contract::open_box(environment);
  session->put_file("big", std::string(8 << 20, 'x'));
  CHECK(error_of([&] { run(*session, {"exit", "0"}); }) == ErrorCode::resource);
}

TEST_CASE("a program that is not there, or cannot be executed, is an error") {
  auto session = contract::open_box();
  session->put_file("text", "no program");
  session->put_file("script", "#!/no/interpreter\n", true);
  const auto start = [&](const std::string& program) {
    return error_of(
        [&] { run(*session, {}, [&](Command& command) { command.argv = {program}; }); });
  };
  CHECK(start("./missing") == ErrorCode::not_found);
  CHECK(start("no-such-command") == ErrorCode::not_found);
  CHECK(start("./script") == ErrorCode::not_found);
  CHECK(start("./text") == ErrorCode::invalid_argument);
  CHECK(run(*session, {"exit", "0"}).result.ok());
}

TEST_CASE("commands that cannot be meant are refused") {
  auto session = contract::open_box();
  const auto refused = [&](const std::function<void(Command&)>& change) {
    return error_of([&] { run(*session, {"exit", "0"}, change); }) == ErrorCode::invalid_argument;
  };
  CHECK(refused([](Command& command) { command.argv.clear(); }));
  CHECK(refused([](Command& command) { command.argv.push_back(std::string("a\0b", 3)); }));
  CHECK(refused([](Command& command) { command.env = {{"A=B", "x"}}; }));
  CHECK(refused([](Command& command) { command.limits.memory_bytes = 0; }));
  CHECK(refused([](Command& command) { command.limits.wall_time = std::chrono::seconds{0}; }));
}
