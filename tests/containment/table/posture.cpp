// SPDX-License-Identifier: Apache-2.0
//
// FS-00 and DK-02: everything that a program finds itself in, against a golden text. No attack is
// made, so this also sees what no attack was written for. The control is the cage, which must look
// different.
#include "common/file.hpp"
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>

namespace containment {
namespace {

/// Hosts differ in how many control group hierarchies they have: once is enough for each line.
using Lines = std::set<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && !line.starts_with('#')) {
      lines.insert(line);
    }
  }
  return lines;
}

/// Mounts of a host's toolchain differ from host to host; how they are mounted may not.
bool is_toolchain(const std::string& line) {
  const std::size_t memory =
      line.find(" tmpfs ro nosuid nodev size="); // the host's root is in memory
  return line.starts_with("mount /") &&
         (line.ends_with(" other ro nosuid nodev") || memory != std::string::npos);
}

/// The host's, where a device cannot be made.
bool is_device(const std::string& line) {
  constexpr const char* names[] = {"full", "null", "random", "urandom", "zero"};
  return std::any_of(std::begin(names), std::end(names), [&line](const char* name) {
    return line == std::string("mount /dev/") + name + " other ro nosuid noexec";
  });
}

/// On cgroup v2 each program is in a group of its own below the box's, which is all that it sees.
bool is_group_of_program(const std::string& line) {
  constexpr std::string_view begin = "control group: /p";
  return line.starts_with(begin) && line.size() > begin.size() &&
         line.find_first_not_of("0123456789", begin.size()) == std::string::npos;
}

/// An engine on cgroup v1 shows one mount for each controller.
bool is_control_group(const std::string& line) {
  return line.starts_with("mount /sys/fs/cgroup") &&
         (line.find(" ro nosuid nodev noexec") != std::string::npos ||
          line == "mount /sys/fs/cgroup tmpfs rw nosuid nodev noexec");
}

bool is_posture_of_this_host(const std::string& line) {
  return is_toolchain(line) || is_device(line) || is_control_group(line) ||
         line.starts_with("landlock domains");
}

std::string golden(const std::string& backend) {
  return common::read_file(common::test_file("SANDBOX_TEST_GOLDEN", SANDBOX_TEST_GOLDEN) +
                           "/posture-" + backend + ".txt");
}

void compare(Trial& trial, const std::string& seen) {
  const Lines wanted = lines_of(golden(std::string(trial.backend().name())));
  Lines found = lines_of(seen);
  std::erase_if(found, is_posture_of_this_host);
  if (std::erase_if(found, is_group_of_program) == 1) {
    found.insert("control group: /");
  }
  for (const std::string& line : found) {
    trial.expect(wanted.contains(line), "found, not expected: " + line);
  }
  for (const std::string& line : wanted) {
    trial.expect(found.contains(line), "expected, not found: " + line);
  }
}

bool cage_differs(Cage& cage) {
  const Lines found = lines_of(cage.run({"posture"}).out);
  return found.contains("NoNewPrivs: 0") && found.contains("Seccomp: 0") &&
         !found.contains("CapBnd: 0000000000000000");
}

/// How many mounts the box has.
int look_at_box(Trial& trial, sandbox::Session& box) {
  const Observation seen = trial.run(box, {"posture"});
  trial.expect(seen.result.ok(), describe(seen.result));
  compare(trial, seen.out);
  int mounts = 0;
  std::istringstream lines(seen.out);
  for (std::string line; std::getline(lines, line);) {
    mounts += line.starts_with("mount ") ? 1 : 0;
  }
  return mounts;
}

/// One of the later boxes is likely to be made where the first one was, and must not show it.
void look_at_posture(Trial& trial) {
  const int mounts = look_at_box(trial, trial.box());
  trial.close_box();
  std::vector<std::unique_ptr<sandbox::Session>> next;
  for (int i = 0; i < 3; ++i) {
    next.push_back(trial.another_box());
    trial.expect(look_at_box(trial, *next.back()) == mounts, "a later box has other mounts");
  }
}

/// How many Landlock domains the kernel lets one process enter (security/landlock/limits.h).
constexpr int landlock_layers = 16;

void look_for_landlock(Trial& trial) {
  const Observation seen = trial.run({"posture"});
  const auto in_force = std::find_if(
      seen.result.guarantees.begin(), seen.result.guarantees.end(),
      [](const sandbox::Guarantee& each) { return each.name == "landlock" && each.in_force; });
  const int left = landlock_layers - (in_force != seen.result.guarantees.end() ? 1 : 0);
  trial.expect(seen.out.find("landlock domains to be had: " + std::to_string(left) + "\n") !=
                   std::string::npos,
               "the domain that is promised is not there");
}

bool landlock_is_here(Cage& cage) {
  return cage.run({"posture"}).out.find("landlock domains to be had: 16\n") != std::string::npos;
}

std::string own_namespace(const std::string& kind) {
  return std::filesystem::read_symlink("/proc/self/ns/" + kind);
}

Check own(const std::string& kind) {
  const auto look = [kind](Trial& trial) {
    const Observation seen = trial.run({"namespaces"});
    const Step* step = seen.find(kind);
    trial.expect(step != nullptr && step->text.starts_with(kind + ":["), "it cannot be told");
    trial.expect(step == nullptr || step->text != own_namespace(kind), "it is the host's");
  };
  const auto control = [kind](Cage& cage) {
    const Cage::Ran ran = cage.look({"namespaces"});
    return std::any_of(ran.steps.begin(), ran.steps.end(), [&](const Step& step) {
      return step.name == kind && step.text == own_namespace(kind);
    });
  };
  return Check("FS-00.namespace-" + kind, "a " + kind + " namespace of one's own", look, control);
}

} // namespace

void add_posture(Table& table) {
  table.push_back(
      Check("FS-00.posture", "anything beyond what is meant", look_at_posture, cage_differs)
          .full());
  table.push_back(Check("FS-00.landlock", "a Landlock domain that is missing", look_for_landlock,
                        landlock_is_here));
  for (const char* kind : {"mnt", "pid", "net", "ipc", "uts", "cgroup"}) {
    table.push_back(own(kind));
  }
  table.push_back(own("user").not_runnable(
      "containers of an engine without userns-remap are in the host's", Where::docker));
}

} // namespace containment
