// SPDX-License-Identifier: Apache-2.0
#include "containment/cage.hpp"

#include "common/file.hpp"
#include "containment/trial.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace containment {
namespace {

std::string cage_path() {
  return common::test_file("SANDBOX_TEST_CAGE", SANDBOX_TEST_CAGE);
}

std::string read_all(int fd, std::size_t at_most) {
  std::string all;
  char bytes[65536];
  for (ssize_t size = 0; (size = ::read(fd, bytes, sizeof bytes)) > 0;) {
    if (all.size() < at_most) {
      all.append(bytes, static_cast<std::size_t>(size));
    }
  }
  return all;
}

[[noreturn]] void become(std::vector<std::string>& words, int out) {
  ::close(0);
  ::dup2(out, 1);
  ::dup2(out, 2);
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

} // namespace

bool Cage::possible() {
  return ::geteuid() == 0;
}

bool Cage::Ran::escaped() const noexcept {
  return status == escaped_status || std::any_of(steps.begin(), steps.end(), [](const Step& step) {
           return step.name == "escaped";
         });
}

std::string Cage::Ran::last_words() const {
  const std::size_t from = out.size() > 300 ? out.size() - 300 : 0;
  return "status " + std::to_string(status) + ": " + out.substr(from);
}

Cage::Ran Cage::run(std::vector<std::string> arguments, std::vector<std::string> options) {
  std::vector<std::string> words{cage_path()};
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(attack_path());
  words.insert(words.end(), arguments.begin(), arguments.end());
  return execute(std::move(words));
}

Cage::Ran Cage::look(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), attack_path());
  return execute(std::move(arguments));
}

Cage::Ran Cage::execute(std::vector<std::string> words) {
  int ends[2];
  Ran ran;
  if (::pipe(ends) != 0) {
    return ran;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    become(words, ends[1]);
  }
  ::close(ends[1]);
  ran.out = read_all(ends[0], 1 << 20);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ran.steps = parse_steps(ran.out);
  why_ = ran.last_words();
  return ran;
}

bool Cage::goes_on(const std::vector<std::string>& arguments) {
  constexpr int late = 124;
  for (const char* seconds : {"0.4", "4"}) { // a busy machine may need more to begin
    const Ran ran = run(arguments, {"--seconds", seconds});
    if (ran.status == late && !ran.steps.empty()) {
      return true;
    }
  }
  return false;
}

} // namespace containment
