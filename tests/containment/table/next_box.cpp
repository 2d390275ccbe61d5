// SPDX-License-Identifier: Apache-2.0
//
// What a box could leave for the next one in its place.
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace containment {
namespace {

/// What is left in a box must be found neither in one beside it nor in the next ones, of which one
/// is likely to be made where the first was.
void leaves_no_mark(Trial& trial, const std::string& kind, const std::string& path) {
  trial.expect(trial.run({"leave-" + kind, path}).result.exit_code == contained_status,
               "it can be left in a box of one's own");
  const auto beside = trial.another_box();
  trial.expect_contained(trial.run(*beside, {"find-" + kind, path}));
  trial.close_box();
  // Its place is free, and the kernel has had no time for anything else.
  std::this_thread::sleep_for(std::chrono::milliseconds{5});
  std::vector<std::unique_ptr<sandbox::Session>> next;
  for (int i = 0; i < 3; ++i) {
    next.push_back(trial.another_box());
    trial.expect_contained(trial.run(*next.back(), {"find-" + kind, path}));
  }
}

Check mark(const std::string& id, const std::string& title, const std::string& kind,
           const std::string& path) {
  return Check(
      id, title, [kind, path](Trial& trial) { leaves_no_mark(trial, kind, path); },
      [kind, path](Cage& cage) {
        return cage.run({"leave-and-find-" + kind, path}).escaped();
      });
}

/// The kernel ends such sockets when it gets to it: the next box is to look before.
void leaves_no_rings(Trial& trial) {
  constexpr int rounds = 60;
  for (int i = 0; i < rounds; ++i) {
    trial.run({"leave-rings"});
    trial.close_box();
    std::this_thread::sleep_for(std::chrono::microseconds{200} * (i % 5 + 1));
    trial.expect_contained(trial.run(*trial.another_box(), {"find-rings"}));
  }
}

} // namespace

void add_next_box(Table& table) {
  table.push_back(mark("FS-12.tmp", "a mark in /tmp for the next box", "mark", "/tmp/mark"));
  table.push_back(
      mark("FS-12.shm", "a mark in /dev/shm for the next box", "mark", "/dev/shm/mark"));
  table.push_back(mark("FS-12.box", "a mark in /box for the next box", "mark", "/box/mark"));
  table.push_back(
      mark("FS-12.ipc", "shared memory and a queue for the next box", "ipc", "unnamed"));
  table.push_back(mark("FS-12.box-mode", "a mode of /box for the next box", "mode", "/box"));
  table.push_back(mark("FS-12.tmp-mode", "a mode of /tmp for the next box", "mode", "/tmp"));
  table.push_back(mark("FS-12.tmp-label", "a label of /tmp for the next box", "label", "/tmp"));
  table.push_back(Check("FS-12.rings", "sockets that hold each other for the next box",
                        leaves_no_rings,
                        [](Cage& cage) { return cage.run({"leave-and-find-rings"}).escaped(); }));
  table.push_back(Check("FS-12.clock", "what init did for the box before", {"clock-of-init"})
                      .errors("clock_gettime", {"EINVAL"})
                      .errors("clock_getres", {"EINVAL"})
                      .errors("timer_create", {"EINVAL"}));
  table.push_back(
      mark("FS-12.numbers", "process numbers used up for the next box", "numbers", "unnamed"));
  table.push_back(
      mark("FS-12.inodes", "inode numbers used up for the next box", "inodes", "/dev/shm"));
}

} // namespace containment
