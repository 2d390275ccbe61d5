// SPDX-License-Identifier: Apache-2.0
//
// What stands behind the program's own confinement, looked at from the host: the init of its
// box, and what the engine keeps of a container. Nothing of it is to be seen from within.
#include "common/file.hpp"
#include "containment/cage.hpp"
#include "containment/host.hpp"
#include "containment/outside.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stop_token>
#include <thread>

namespace containment {
namespace {

using namespace std::chrono_literals;

/// A line of /proc/PID/FILE behind its first words; empty when there is none.
std::string field(int pid, const std::string& file, const std::string& key) {
  std::istringstream text(common::read_file("/proc/" + std::to_string(pid) + "/" + file));
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(key)) {
      line.erase(0, line.find_first_not_of(" \t", key.size()));
      return line.substr(0, line.find_last_not_of(' ') + 1);
    }
  }
  return {};
}

int parent_of(int pid) {
  return std::atoi(field(pid, "status", "PPid:").c_str());
}

/// While a program of this box is alive: `look` at it, by its pid on the host.
template <typename Look>
void beside_program(Trial& trial, const Look& look) {
  std::stop_source stop;
  sandbox::Command command;
  command.argv = {"./attack", "idle", "pause", trial.mark()};
  sandbox::Session& box = trial.box();
  std::string error;
  std::thread program([&] {
    try {
      sandbox::CapturedOutput output(sandbox::KiB);
      box.run(command, output, stop.get_token());
    } catch (const std::exception& thrown) {
      error = thrown.what();
    }
  });
  int pid = 0;
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (pid == 0 && std::chrono::steady_clock::now() < end) {
    const std::vector<int> found = processes_with(trial.mark());
    pid = found.empty() ? 0 : found.front();
    std::this_thread::sleep_for(1ms);
  }
  trial.expect(pid != 0, "the program is not to be found");
  if (pid != 0) {
    look(pid);
  }
  stop.request_stop();
  program.join();
  trial.expect(error.empty(), "error of the sandbox: " + error);
}

std::string namespace_of(int pid, const std::string& kind) {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/ns/" + kind, error);
}

/// Files of a process that cannot be dumped belong to root (proc(5)).
void expect_undumpable(Trial& trial, int pid, const std::string& who) {
  struct stat of {};
  const std::string file = "/proc/" + std::to_string(pid) + "/environ";
  trial.expect(pid > 0 && ::stat(file.c_str(), &of) == 0, who + " is not to be seen");
  trial.expect(of.st_uid == 0, who + " can be dumped");
}

void expect_text(Trial& trial, const std::string& what, const std::string& seen,
                 const std::string& wanted) {
  trial.expect(seen == wanted, what + " is '" + seen + "', not '" + wanted + "'");
}

/// CAP_KILL, CAP_SETGID, CAP_SETUID (capabilities(7)).
constexpr const char* few_capabilities = "00000000000000e0";
/// And CAP_SYS_ADMIN, over the slot's user namespace.
constexpr const char* renewing_capabilities = "00000000002000e0";

/// Where the test itself is a likelier victim than init would be, init may only become a likelier
/// one still.
std::string wanted_oom_score() {
  return std::atoi(field(::getpid(), "oom_score_adj", "").c_str()) > 500 ? "1000" : "500";
}

void look_at_init(Trial& trial) {
  beside_program(trial, [&](int program) {
    const int init = parent_of(program);
    const int above = parent_of(init);
    for (const char* kind : {"mnt", "pid"}) {
      const std::string own = namespace_of(program, kind);
      trial.expect(!own.empty() && own != namespace_of(above, kind),
                   std::string("the box has no ") + kind + " namespace of its own");
    }
    // Its slot has the same one until a program has used it: FS-12.ipc.
    trial.expect(namespace_of(program, "ipc") != namespace_of(::getpid(), "ipc"),
                 "the box has no ipc namespace of its own");
    std::string score = field(init, "oom_score_adj", "");
    for (int i = 0; i < 100 && score != wanted_oom_score(); ++i) { // the program's at first
      std::this_thread::sleep_for(10ms);
      score = field(init, "oom_score_adj", "");
    }
    trial.expect(score == wanted_oom_score(), "oom_score_adj of init is " + score);
    expect_text(trial, "core limit of init", field(init, "limits", "Max core file size"),
                "1                    1                    bytes");
    if (!trial.native() || ::geteuid() == 0) {
      expect_text(trial, "effective capabilities of init", field(init, "status", "CapEff:"),
                  few_capabilities);
      expect_text(trial, "permitted capabilities of init", field(init, "status", "CapPrm:"),
                  trial.native() ? renewing_capabilities : few_capabilities);
    }
  });
}

void look_whether_dumpable(Trial& trial) {
  beside_program(trial, [&](int program) {
    const int init = parent_of(program);
    expect_undumpable(trial, init, "init");
    expect_undumpable(trial, parent_of(init), "what is above init");
  });
}

bool processes_are_their_users(Cage&) {
  Outside outside;
  const std::string owner = "stat --format %u /proc/self/environ";
  const std::string other = "setpriv --reuid 65534 --clear-groups ";
  return outside.run((::geteuid() == 0 ? other : "") + owner) != "0\n" && outside.status() == 0;
}

/// The cage's init is this process, which has none of it.
bool cage_has_none(Cage&) {
  return field(::getpid(), "oom_score_adj", "") != "500" &&
         field(::getpid(), "status", "CapPrm:") != few_capabilities;
}

/// Of each container that is there, in the engine's words.
void expect_setting(Trial& trial, const std::string& setting, const std::string& wanted) {
  trial.run({"posture"});
  Outside outside;
  std::istringstream each(
      outside.run("docker inspect --format '{{json .HostConfig." + setting +
                  "}}' $(docker ps --quiet --filter label=io.libsandbox.owner) 2>/dev/null"));
  int count = 0;
  for (std::string seen; std::getline(each, seen); ++count) {
    expect_text(trial, setting, seen, wanted);
  }
  trial.expect(count > 0, "there is no container");
}

/// What the engine keeps of a container's output lies on the host's disk, without a limit.
void look_for_log(Trial& trial) {
  expect_setting(trial, "LogConfig.Type", "\"none\"");
}

/// Before init gives up what it does not need, and whatever else the engine starts in there.
void look_for_capabilities(Trial& trial) {
  expect_setting(trial, "CapDrop", "[\"ALL\"]");
}

bool root_has_capabilities(Cage&) {
  return field(::getpid(), "status", "CapPrm:") > few_capabilities;
}

bool log_is_kept_by_default(Cage&) {
  Outside outside;
  const std::string driver = outside.run("docker info --format '{{.LoggingDriver}}'");
  return outside.status() == 0 && driver != "none\n";
}

} // namespace

void add_seen_from_host(Table& table) {
  Check init = Check("FS-00.init", "what holds the program, seen from the host", look_at_init,
                     cage_has_none);
  if (::geteuid() != 0) {
    std::move(init).not_runnable("only root may look at another's init");
  }
  table.push_back(std::move(init));
  table.push_back(Check("PT-02.dumpable", "trace init where it has the user id of the program",
                        look_whether_dumpable, processes_are_their_users)
                      .only(Where::native));
  table.push_back(Check("DK-05.log",
                        "fill the host's disk with what the engine keeps of the output",
                        look_for_log, log_is_kept_by_default)
                      .only(Where::docker));
  table.push_back(Check("DK-01.capabilities", "capabilities that an engine gives by default",
                        look_for_capabilities, root_has_capabilities)
                      .only(Where::docker));
}

} // namespace containment
