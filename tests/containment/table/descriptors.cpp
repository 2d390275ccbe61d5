// SPDX-License-Identifier: Apache-2.0
//
// Group K: open descriptors, and results that are spoofed.
#include "common/backend.hpp"
#include "containment/cage.hpp"
#include "containment/naive.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <sandbox/docker.hpp>
#include <sandbox/error.hpp>
#include <sandbox/native.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace containment {
namespace {

using sandbox::Command;
using sandbox::ErrorCode;
using sandbox::Verdict;

constexpr int leaked = 17;

/// A file that the application has open without close-on-exec, as libraries of others do.
class Leak {
 public:
  explicit Leak(const std::filesystem::path& path) : before_(::fcntl(leaked, F_DUPFD_CLOEXEC, 64)) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    ::dup2(file, leaked);
    ::close(file);
  }
  Leak(const Leak&) = delete;
  Leak& operator=(const Leak&) = delete;
  ~Leak() {
    ::close(leaked);
    if (before_ >= 0) {
      ::dup3(before_, leaked, O_CLOEXEC);
      ::close(before_);
    }
  }

 private:
  int before_;
};

/// A backend of its own: what is made once for an environment is made while the file is open.
void leaked_descriptor(Trial& trial) {
  const auto backend = common::make_backend(std::string(trial.backend().name()));
  const Leak leak(trial.canary() / "alone");
  sandbox::Environment environment;
  environment.image = common::image();
  const auto box = backend->open(environment);
  box->put_file("attack", attack_program(), true);
  trial.expect_contained(trial.run(*box, {"read-descriptor", "17"}));
}

bool leak_is_read(Cage& cage) {
  const Shared shared;
  const Leak leak(shared.victim());
  return cage.run({"read-descriptor", "17"}).escaped();
}

void add_descriptor_checks(Table& table) {
  table.push_back(
      Check("RS-01.listed", "find a descriptor of the supervisor's", {"listed-descriptors"})
          .control({"open-then", "list"}));
  table.push_back(Check("RS-01.spoken", "say ok on every descriptor", {"speak-on-descriptors"})
                      .control({"open-then", "speak"}));
  table.push_back(
      Check("RS-02.leaked", "read what the application has open", leaked_descriptor, leak_is_read)
          .errors("read", {"EBADF"}));
  table.push_back(Check("RS-01.init", "speak on the streams of init", {"streams-of-init"})
                      .errors("/proc/1/fd/0", {"EACCES", "ENOENT"})
                      .errors("/proc/1/fd/1", {"EACCES", "ENOENT"}));
}

/// The program says that all is well and exits with 3; that is its verdict, and what it said is
/// output.
Check says(std::string id, std::string title, const std::vector<std::string>& attack,
           const std::string& heard) {
  return Check(std::move(id), std::move(title), attack)
      .verdict({Verdict::nonzero_exit})
      .then([](Trial& trial, const Observation& seen) {
        trial.expect(seen.result.exit_code == 3 && seen.result.evidence.limit.empty(),
                     describe(seen.result));
      })
      .control([=](Cage& cage) {
        const Cage::Ran ran = cage.run(attack);
        return ran.status == 3 && ran.out.find(heard) != std::string::npos;
      });
}

bool results_are_left(Cage& cage) {
  const Shared shared;
  const std::filesystem::path result = shared.at("meta.txt");
  cage.run({"leave-results"}, {});
  std::ofstream(result) << "verdict: nonzero_exit\n"; // as a supervisor keeps it beside the files
  return shared.run(cage, {"replace-by-link", "/shared/meta.txt", "/nowhere"}).status == 0 &&
         !std::filesystem::exists(result);
}

void frames_are_output(Trial& trial) {
  const Observation seen = trial.run({"framed-output"});
  const std::string head("\x02\0\0\0\0\0\0\x04"
                         "fake",
                         12);
  trial.expect(seen.result.ok(), describe(seen.result));
  trial.expect(seen.out.starts_with(head) && seen.out.size() == 20 + 64 * 12,
               "output is not what was written");
  trial.expect(seen.err.empty(), "standard error came from standard output");
}

void add_claims(Table& table) {
  table.push_back(says("RS-03.claim", "say ok in every format", {"claim", "3"}, "verdict: ok"));
  table.push_back(
      Check("RS-04.results", "leave files that look like results", {"leave-results", "3"})
          .verdict({Verdict::nonzero_exit})
          .then([](Trial& trial, const Observation& seen) {
            trial.expect(seen.result.exit_code == 3, describe(seen.result));
          })
          .control(results_are_left));
  table.push_back(
      Check("RS-10.frames", "output in the form of frames", frames_are_output, [](Cage& cage) {
        return cage.run({"framed-output"}).out.find("fake") != std::string::npos;
      }));
}

/// The error of a run that cannot begin.
std::string error_of(Trial& trial, const std::string& program, ErrorCode& code) {
  Command command;
  command.argv = {program, trial.mark()};
  try {
    trial.run_command(trial.box(), command);
  } catch (const sandbox::Error& error) {
    code = error.code();
    return error.what();
  }
  return {};
}

void hostile_program_name(Trial& trial) {
  ErrorCode code{};
  const std::string text = error_of(trial, "./no\nverdict: ok\n\x1b[2J", code);
  trial.expect(code == ErrorCode::not_found, "error: " + text);
  trial.expect(text.find('\n') == std::string::npos && text.find('\x1b') == std::string::npos,
               "the name writes lines of its own: " + text);
}

void never_127(Trial& trial) {
  ErrorCode code{};
  error_of(trial, "./missing", code);
  trial.expect(code == ErrorCode::not_found, "a program that is not there");
  trial.box().put_file("no-interpreter", "#!/nowhere/at/all\n", true);
  error_of(trial, "./no-interpreter", code);
  trial.expect(code == ErrorCode::not_found, "a program whose interpreter is not there");
  trial.box().put_file("no-program",
                       std::string("\x7f"
                                   "ELF\x02\x01\x01\0\0\0\0\0",
                                   12),
                       true);
  error_of(trial, "./no-program", code);
  trial.expect(code == ErrorCode::invalid_argument, "what is no program");
  for (const int status : {125, 126, 127, 137, 255}) {
    const Observation seen = trial.run({"exit-with", std::to_string(status)});
    trial.expect(seen.result.verdict == Verdict::nonzero_exit && seen.result.exit_code == status,
                 describe(seen.result));
  }
}

/// A shell in between cannot tell one from the other.
bool shell_says_127(Cage& cage) {
  const int status = std::system("/nowhere/at/all 2>/dev/null"); // NOLINT(cert-env33-c)
  return WIFEXITED(status) && WEXITSTATUS(status) == 127 &&
         cage.run({"exit-with", "127"}).status == 127;
}

bool name_writes_lines(Cage&) {
  const std::string text = std::string("execve ./no\nverdict: ok") + ": not found";
  return text.find("\nverdict: ok") != std::string::npos;
}

void file_as_input(Trial& trial) {
  const Observation seen = trial.run({"change-input"}, [&](Command& command) {
    command.input = sandbox::FileInput{trial.canary() / "alone"};
  });
  trial.expect_contained(seen);
}

void descriptor_as_input(Trial& trial) {
  const int file = ::open((trial.canary() / "alone").c_str(), O_RDWR | O_CLOEXEC);
  const Observation seen = trial.run(
      {"change-input"}, [&](Command& command) { command.input = sandbox::DescriptorInput{file}; });
  ::close(file);
  trial.expect_contained(seen);
}

bool file_is_changed(Cage&) {
  const Shared shared;
  run_on_file({"change-input"}, shared.victim());
  return !shared.victim_is_unchanged();
}

} // namespace

void add_descriptors(Table& table) {
  add_descriptor_checks(table);
  add_claims(table);
  table.push_back(Check("RS-05.name", "lines of a report by the name of a program",
                        hostile_program_name, name_writes_lines));
  table.push_back(
      Check("RS-06.file", "change the file that is the input", file_as_input, file_is_changed));
  table.push_back(Check("RS-06.descriptor", "change the open file that is the input",
                        descriptor_as_input, file_is_changed));
  table.push_back(Check("RS-11.status", "an exit status that looks like an error of the sandbox",
                        never_127, shell_says_127));
}

} // namespace containment
