// SPDX-License-Identifier: Apache-2.0
//
// Group A: the files that a box shows.
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

namespace containment {
namespace {

const std::set<std::string> refused{"EPERM"};
const std::set<std::string> refused_or_unknown{"EPERM", "ENOSYS"};

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
}

} // namespace containment
