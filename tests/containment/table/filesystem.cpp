// SPDX-License-Identifier: Apache-2.0
//
// Group A: the files that a box shows.
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <chrono>
#include <thread>

namespace containment {
namespace {

const std::set<std::string> refused{"EPERM"};
const std::set<std::string> refused_or_unknown{"EPERM", "ENOSYS"};

/// What is left in a box must be found neither in one beside it nor in the next ones, of which one
/// is likely to be made where the first was.
void leaves_no_mark(Trial& trial, const std::string& kind, const std::string& path) {
  trial.expect(trial.run({"leave-" + kind, path}).result.exit_code == contained_status,
               "it can be left in a box of one's own");
  const auto beside = trial.another_box();
  trial.expect_contained(trial.run(*beside, {"find-" + kind, path}));
  trial.close_box();
  std::this_thread::sleep_for(std::chrono::milliseconds{30}); // until its place is free
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

void add_marks(Table& table) {
  table.push_back(mark("FS-12.tmp", "a mark in /tmp for the next box", "mark", "/tmp/mark"));
  table.push_back(
      mark("FS-12.shm", "a mark in /dev/shm for the next box", "mark", "/dev/shm/mark"));
  table.push_back(mark("FS-12.box", "a mark in /box for the next box", "mark", "/box/mark"));
  table.push_back(
      mark("FS-12.ipc", "shared memory and a queue for the next box", "ipc", "unnamed"));
  table.push_back(mark("FS-12.box-mode", "a mode of /box for the next box", "mode", "/box"));
  table.push_back(mark("FS-12.tmp-mode", "a mode of /tmp for the next box", "mode", "/tmp"));
  table.push_back(
      mark("FS-12.numbers", "process numbers used up for the next box", "numbers", "unnamed"));
}

void add_visible_files(Table& table) {
  table.push_back(
      Check("FS-01.host-files", "read the host's secrets",
            {"read", "/etc/shadow", "/etc/gshadow", "/root/.bashrc", "/root/.profile"}));
  table.push_back(Check("FS-01.host-directories", "find what belongs to the host alone",
                        {"find", "/var/lib/dpkg/lock", "/etc/machine-id", "/var/log"})
                      .not_runnable("an image brings its own /etc and /var", Where::docker));
  table.push_back(Check("FS-02.create", "create a file in every directory",
                        {"create-everywhere", "/box", "/tmp", "/dev/shm"}));
  table.push_back(Check("FS-02.own-files", "change, move and delete files of the root",
                        {"change-owner", "/etc/passwd"})
                      .errors("chmod", {"EROFS", "EPERM"})
                      .errors("unlink", {"EROFS", "EACCES"}));
  table.push_back(Check("FS-02.link", "a second name for a file of the root",
                        {"link-from-outside", "/etc/passwd"}));
}

void add_ways_up(Table& table) {
  table.push_back(
      Check("FS-03.parents", "up and out by ..", {"parents"}).control({"parents", "--control"}));
  table.push_back(Check("FS-04.chroot", "leave by a chroot of one's own", {"leave-chroot"})
                      .errors("chroot", refused));
  table.push_back(
      Check("FS-06.inherited", "leave by a directory that was left open", {"inherited-directories"})
          .control({"inherited-directories-control"}));
  table.push_back(Check("FS-08.handle", "open a file by its handle", {"by-handle"})
                      .errors("open_by_handle_at", refused_or_unknown));
}

} // namespace

void add_filesystem(Table& table) {
  add_visible_files(table);
  add_ways_up(table);
  table.push_back(Check("FS-07.mounts", "change what is mounted", {"change-mounts"})
                      .errors("remount", refused)
                      .errors("umount", refused)
                      .errors("mount_setattr", refused_or_unknown)
                      .errors("open_tree", refused_or_unknown)
                      .errors("pivot_root", refused));
  table.push_back(Check("FS-09.devices", "open every device", {"devices"}));
  // A container's devices are its own.
  table.push_back(Check("FS-09.device-times", "change the times of a device of the host",
                        {"touch", "/dev/null"})
                      .errors("utimes", {"EROFS"})
                      .only(Where::native));
  table.push_back(Check("FS-09.make-devices", "make devices", {"make-devices"})
                      .errors("memory", refused)
                      .errors("disk", refused));
  add_marks(table);
}

} // namespace containment
