// SPDX-License-Identifier: Apache-2.0
//
// Group H: namespaces of one's own, capabilities, ids of other users.
#include "common/temporary_folder.hpp"
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace containment {
namespace {

void add_namespaces(Table& table) {
  for (const std::string kind :
       {"mnt", "uts", "ipc", "user", "pid", "net", "cgroup", "user+mnt", "user+net", "user+pid"}) {
    table.push_back(Check("UC-01.unshare." + kind, "a namespace of one's own by unshare",
                          {"namespace", "unshare", kind})
                        .errors("unshare", {"EPERM"}));
    table.push_back(Check("UC-01.clone." + kind, "a namespace of one's own by clone",
                          {"namespace", "clone", kind})
                        .errors("clone", {"EPERM"}));
    table.push_back(Check("UC-01.clone3." + kind, "a namespace of one's own by clone3",
                          {"namespace", "clone3", kind})
                        .errors("clone3", {"ENOSYS"}));
  }
  for (const std::string how : {"unshare", "clone"}) {
    table.push_back(Check("UC-01." + how + ".high", "the same, with the upper half set",
                          {"namespace", how, "user", "high"})
                        .errors(how, {"EPERM"})
                        .control({"namespace", how, "user"}));
  }
  for (const std::string how : {"unshare", "clone3"}) {
    table.push_back(Check("UC-01." + how + ".time", "a namespace of one's own for the clocks",
                          {"namespace", how, "time"}));
  }
  table.push_back(Check("UC-01.clone3.none",
                        "clone3 without a namespace, whose flags no filter sees",
                        {"namespace", "clone3", "none"})
                      .errors("clone3", {"ENOSYS"}));
  table.push_back(Check("UC-02.without-filter", "the same without the filter", {"who-am-i"})
                      .not_runnable("tests/layers leaves the filter out, and each other layer"));
  for (const std::string kind : {"mnt", "uts", "ipc", "user", "pid", "net", "cgroup", "time"}) {
    table.push_back(
        Check("UC-03." + kind, "enter a namespace by its file", {"enter-namespace", kind})
            .errors("setns", {"EPERM"}));
  }
  table.push_back(
      Check("UC-03.self", "enter the namespaces of oneself by descriptor", {"enter-process"})
          .errors("setns", {"EPERM"}));
  table.push_back(
      Check("UC-03.init", "enter the namespaces of init by descriptor", {"enter-process", "1"})
          .errors("setns", {"EPERM"}));
}

void add_capabilities(Table& table) {
  table.push_back(Check("UC-04.sets", "capabilities in any set", {"capabilities"}));
  table.push_back(Check("UC-04.exec", "capabilities after an exec", {"capabilities-after-exec"}));
  table.push_back(Check("UC-04.raise", "raise capabilities", {"raise-capabilities"})
                      .errors("inheritable", {"EPERM"})
                      .errors("ambient", {"EPERM"})
                      .errors("effective", {"EPERM"}));
  table.push_back(Check("UC-04.file", "give a file capabilities", {"file-capabilities"}));
}

/// A root file system with the attack program in it, set-uid and set-gid to root.
class SetIdRoot {
 public:
  SetIdRoot() {
    const std::string file = path_ / "raised";
    std::ofstream(file, std::ios::binary) << attack_program();
    if (::chmod(file.c_str(), 06755) != 0) {
      throw std::runtime_error("chmod");
    }
  }
  const std::filesystem::path& path() const noexcept { return path_.path(); }

 private:
  common::TemporaryFolder path_{"set-id", 0755};
};

void run_set_id_file(Trial& trial) {
  const SetIdRoot root;
  sandbox::Environment environment;
  environment.rootfs = root.path();
  const auto session = trial.backend().open(environment);
  session->put_file("attack", attack_program(), true);
  trial.expect_contained(trial.run(*session, {"run-file", "/raised"}));
}

bool set_id_file_works(Cage& cage) {
  const SetIdRoot root;
  return cage
      .run({"run-file", "/shared/raised"}, {"--user", "65534", "--share", root.path().string()})
      .escaped();
}

void add_ids(Table& table) {
  table.push_back(
      Check("UC-05.programs", "run the set-id programs of the system", {"set-id-programs"})
          .control([](Cage& cage) {
            return cage.run({"set-id-programs"}, {"--user", "65534"}).escaped();
          }));
  table.push_back(Check("UC-05.rootfs", "run a set-id file of the root file system",
                        run_set_id_file, set_id_file_works)
                      .only(Where::native));
  table.push_back(
      Check("UC-05.own", "a set-id file of one's own, owned by another", {"become", "0"})
          .not_runnable("a program owns all that it can make: UC-07 and FS-02 hold it"));
  for (const std::string id : {"0", "1", "999", "65534"}) {
    table.push_back(Check("UC-07.to-" + id, "become user and group " + id, {"become", id})
                        .errors("setuid", {"EPERM", "EINVAL"})
                        .errors("setgroups", {"EPERM", "EINVAL"}));
  }
  table.push_back(Check("UC-07.map", "map further ids", {"map-ids"}).control({"map-ids", "own"}));
  table.push_back(
      Check("UC-09.owner", "files that belong to another user after collection", {"who-am-i"})
          .not_runnable(
              "a session hands over bytes, never files; the command line's are its user's"));
}

} // namespace

void add_privileges(Table& table) {
  add_namespaces(table);
  add_capabilities(table);
  add_ids(table);
}

} // namespace containment
