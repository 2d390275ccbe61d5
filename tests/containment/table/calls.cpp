// SPDX-License-Identifier: Apache-2.0
//
// Group I: dangerous system calls. What is refused is refused by the filter, before the kernel
// looks at the arguments: the attack's are such that the kernel's own answer is another.
#include "common/file.hpp"
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <sys/prctl.h>

#include <sstream>

namespace containment {
namespace {

constexpr const char* figures_as_name = ") Z 1 1 1 1 1 1";

struct Family {
  std::string row;
  std::string title;
  std::string error;
  std::vector<std::string> calls;
};

const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"SY-01", "programs in the kernel", "EPERM", {"bpf"}},
      {"SY-02",
       "rings of calls that no filter sees",
       "ENOSYS",
       {"io_uring_setup", "io_uring_enter", "io_uring_register"}},
      {"SY-03", "stop the kernel at a page", "EPERM", {"userfaultfd", "userfaultfd-user"}},
      {"SY-04", "count events of the machine", "EPERM", {"perf_event_open", "perf_event_open-cpu"}},
      {"SY-05", "keys of the kernel's", "ENOSYS", {"add_key", "request_key", "keyctl"}},
      {"SY-06", "mounts, by the old calls", "EPERM", {"mount", "umount2", "pivot_root"}},
      {"SY-06",
       "mounts, by the new calls",
       "ENOSYS",
       {"fsopen", "fsconfig", "fsmount", "fspick", "open_tree", "open_tree_attr", "move_mount",
        "mount_setattr", "statmount", "listmount"}},
      {"SY-07",
       "the whole machine",
       "EPERM",
       {"init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot",
        "swapon", "swapoff", "acct", "quotactl", "ioperm", "iopl", "syslog", "sethostname",
        "setdomainname", "vhangup"}},
      {"SY-07", "quotas, by the new call", "ENOSYS", {"quotactl_fd"}},
      {"SY-08",
       "the clocks of the machine",
       "EPERM",
       {"adjtimex", "clock_adjtime", "clock_settime", "settimeofday"}},
      {"SY-13",
       "other processes",
       "EPERM",
       {"process_mrelease", "process_madvise", "process_vm_readv", "process_vm_writev",
        "pidfd_getfd", "kcmp"}},
      {"SY-13",
       "files by handle, and pages as pipes",
       "EPERM",
       {"name_to_handle_at", "open_by_handle_at", "vmsplice", "fanotify_init", "fanotify_mark",
        "lookup_dcookie", "ustat", "sysfs"}},
      {"SY-13",
       "what others open and read",
       "ENOSYS",
       {"inotify_init", "inotify_init1", "inotify_add_watch", "inotify_rm_watch", "cachestat"}},
      {"SY-13",
       "a quota of the whole machine",
       "ENOSYS",
       {"io_setup", "io_submit", "io_getevents", "io_cancel", "io_destroy"}},
      {"SY-13",
       "memory of an unusual kind or place",
       "ENOSYS",
       {"memfd_secret", "modify_ldt", "map_shadow_stack", "set_mempolicy", "get_mempolicy", "mbind",
        "move_pages", "migrate_pages", "set_mempolicy_home_node"}},
      {"SY-13",
       "calls newer than the policy",
       "ENOSYS",
       {"file_getattr", "file_setattr", "lsm_get_self_attr", "lsm_set_self_attr",
        "lsm_list_modules"}},
  };
  return all;
}

void add_refused_calls(Table& table) {
  for (const Family& family : families()) {
    for (const std::string& call : family.calls) {
      table.push_back(Check(family.row + "." + call, family.title, {"call", call})
                          .errors(call, {family.error}));
    }
  }
  table.push_back(Check("SY-13.sync", "write back every file of the machine", {"flush"})
                      .errors("syncfs", {"0"}));
  table.push_back(Check("SY-07.gone", "nfsservctl, create_module and others of old", {"flush"})
                      .not_runnable("no kernel that can be had answers them otherwise"));
}

/// `high`: that argument is an int of which the filter compares the low half.
struct Variants {
  std::string row;
  std::string title;
  bool high;
  std::vector<std::string> names;
};

const std::vector<Variants>& variants() {
  static const std::vector<Variants> all = {
      {"SY-09",
       "a personality that weakens",
       true,
       {"personality-exec", "personality-layout", "personality-linux32", "personality-uname26",
        "personality-zero-page"}},
      {"SY-19",
       "run before all others",
       true,
       {"sched-fifo", "sched-rr", "sched-fifo-reset", "sched-deadline", "sched-ext"}},
      {"SY-19",
       "run before all others, by other ways",
       false,
       {"sched-attr-fifo", "sched-attr-deadline", "sched-attr-nice", "nice", "ioprio"}},
      {"SY-14", "a filter that asks the program", true, {"listener"}},
      {"SY-15", "options of a process", true, {"prctl-core-cookie", "prctl-merge"}},
      {"SY-15",
       "options of a process that want capabilities",
       false,
       {"prctl-bounding", "prctl-securebits", "prctl-keepcaps", "prctl-mm", "prctl-io-flusher"}},
      {"SY-16", "merge, poison or offline memory", true, {"madvise-merge"}},
      {"SY-16",
       "merge, poison or offline memory",
       false,
       {"madvise-poison", "madvise-offline", "mlock", "mlockall"}},
      {"SY-16", "huge pages", true, {"mmap-huge", "shmget-huge", "memfd-huge"}},
      {"SY-17", "a notice of what others open", true, {"dnotify"}},
      {"SY-17", "a file that others have to wait for", true, {"lease", "delegation"}},
      {"SY-21",
       "a terminal's own calls",
       true,
       {"terminal-input", "terminal-linux", "terminal-discipline"}},
      {"SY-21", "devices", true, {"mknod", "mknod-block", "mknod-short", "mknodat"}},
      {"SY-21",
       "the signal that marks the filter's kill",
       true,
       {"kill", "tkill", "tgkill", "sigqueue", "tgsigqueue", "pidfd-signal"}},
  };
  return all;
}

void add_session_key(Table& table) {
  table.push_back(
      Check("SY-05.session-key", "find a key of the supervisor's session", {"session-key"}));
}

void add_refused_arguments(Table& table) {
  for (const Variants& some : variants()) {
    for (const std::string& name : some.names) {
      table.push_back(Check(some.row + "." + name, some.title, {"argument", name}));
      if (some.high) {
        table.push_back(Check(some.row + "." + name + ".high",
                              some.title + ", with the upper half set",
                              {"argument", name, "high"}));
      }
    }
  }
  table.push_back(Check("SY-16.raise", "raise a limit", {"raise-hard-limits"})
                      .errors("limit7", {"EPERM"})
                      .control({"raise-hard-limits", "soft"}));
  table.push_back(Check("SY-16.init", "read and set limits of init", {"limits-of-init"})
                      .errors("write", {"EPERM"}));
  table.push_back(Check("SY-19.init", "slow init down", {"slow-init"}).errors("idle", {"EPERM"}));
  table.push_back(
      Check("SY-17.root-file", "a lease on a file of the root", {"lease", "/etc/passwd"}));
  table.push_back(Check("SY-17.locks", "locks on a file that two boxes show", {"flush"})
                      .not_runnable("a known residual: docs/seccomp.md, Known limits"));
}

void add_foreign_calls(Table& table) {
  const std::set<sandbox::Verdict> killed{sandbox::Verdict::disallowed_syscall};
  const auto add = [&](const char* id, const char* title, std::vector<std::string> attack) {
    table.push_back(Check(id, title, std::move(attack)).verdict(killed));
  };
  add("SY-10.getpid", "a harmless call by int 0x80", {"interrupt"});
  add("SY-10.exit", "exit(10) by int 0x80", {"interrupt", "1", "10"});
  add("SY-10.access", "access() by int 0x80", {"interrupt", "33"});
  add("SY-10.socketcall", "socketcall() by int 0x80", {"interrupt", "102", "1"});
  add("SY-10.program", "a 32-bit program", {"narrow-program"});
  add("SY-11.getpid", "a harmless call of x32", {"x32"});
  add("SY-11.ptrace", "ptrace of x32", {"x32", "521"});
  add("SY-11.openat", "openat of x32", {"x32", "257"});
  table.push_back(Check("SY-11.sweep", "all kinds of calls of x32", {"x32-sweep"}));
}

/// What must work inside as outside: there the control is that it does.
bool works(Cage& cage, const std::vector<std::string>& attack) {
  const Cage::Ran ran = cage.run(attack);
  for (const Step& step : ran.steps) {
    if (step.error != "0") {
      return false;
    }
  }
  return ran.status == contained_status && !ran.steps.empty();
}

void add_usual_calls(Table& table) {
  const std::vector<std::vector<std::string>> steps = {
      {"threads", "futex", "membarrier", "affinity", "affinity-set"},
      {"statx", "openat2", "faccessat2", "close_range", "memfd", "seal", "getrandom", "lock"},
      {"epoll_pwait2", "pidfd_open", "timerfd", "eventfd", "landlock", "signalfd"}};
  const std::vector<std::string> names = {"threads", "files", "waiting"};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::vector<std::string> attack{"usual-calls", std::to_string(i)};
    Check check("SY-20." + names[i], "calls that programs must have: " + names[i], attack);
    for (const std::string& step : steps[i]) {
      check.expected_errors[step] = {"0"};
    }
    table.push_back(std::move(check).control([attack](Cage& cage) { return works(cage, attack); }));
  }
}

bool numbers_are_unknown(Cage& cage) {
  const Cage::Ran ran = cage.run({"unknown-numbers"});
  for (const Step& step : ran.steps) {
    if (step.error != "ENOSYS") {
      return false;
    }
  }
  return ran.status == contained_status;
}

void all_unknown(Trial& trial, const Observation& seen) {
  trial.expect(seen.steps.size() == 10, "not all numbers were tried");
  for (const Step& step : seen.steps) {
    trial.expect(step.error == "ENOSYS", step.name + ": " + step.error);
  }
}

void same_speculation(Trial& trial, const Observation& seen) {
  const std::vector<std::pair<const char*, unsigned long>> kinds = {
      {"store-bypass", PR_SPEC_STORE_BYPASS}, {"indirect-branch", PR_SPEC_INDIRECT_BRANCH}};
  for (const auto& [name, kind] : kinds) {
    const Step* step = seen.find(name);
    trial.expect(step != nullptr && step->result == ::prctl(PR_GET_SPECULATION_CTRL, kind, 0, 0, 0),
                 std::string(name) + " is not as outside");
  }
}

/// What splits a line of /proc at blanks reads the name's fields for the process's.
bool fools_a_naive_reader(Cage&) {
  char before[16]{};
  ::prctl(PR_GET_NAME, before);
  ::prctl(PR_SET_NAME, figures_as_name);
  std::istringstream line(common::read_file("/proc/thread-self/stat"));
  ::prctl(PR_SET_NAME, before);
  std::string pid;
  std::string name;
  std::string state;
  line >> pid >> name >> state;
  return state == "Z";
}

void add_filters_and_names(Table& table) {
  table.push_back(Check("SY-12.unknown", "numbers that are no calls", {"unknown-numbers"})
                      .then(all_unknown)
                      .control([](Cage& cage) { return numbers_are_unknown(cage); }));
  table.push_back(Check("SY-14.stack", "a filter that allows all", {"stack-filter"})
                      .errors("unshare", {"EPERM"}));
  table.push_back(
      Check("SY-14.tsync", "a filter that allows all, for all threads", {"stack-filter", "1"})
          .errors("unshare", {"EPERM"}));
  table.push_back(Check("SY-14.answerer", "answer calls in another's stead", {"listener"})
                      .errors("listener", {"EPERM"}));
  table.push_back(Check("SY-14.size", "filters without end", {"flush"})
                      .not_runnable("the kernel bounds them for each thread; nothing can exceed"));
  table.push_back(Check("SY-15.name", "a name that looks like figures of a process",
                        {"named-like-figures", figures_as_name})
                      .verdict({sandbox::Verdict::cpu_time_limit})
                      .with([](sandbox::Command& command) {
                        command.limits.cpu_time = std::chrono::milliseconds{300};
                        command.limits.wall_time = std::chrono::seconds{20};
                      })
                      .control(fools_a_naive_reader));
  table.push_back(
      Check("SY-15.newline", "a name of several lines", {"named-like-figures", "a\nb) Z\n0"})
          .verdict({sandbox::Verdict::cpu_time_limit})
          .with([](sandbox::Command& command) {
            command.limits.cpu_time = std::chrono::milliseconds{300};
            command.limits.wall_time = std::chrono::seconds{20};
          })
          .control(fools_a_naive_reader));
  table.push_back(Check("SY-18.pointer", "another path at the address that was checked", {"flush"})
                      .not_runnable("no rule looks at a pointer: tests/unit/seccomp/golden.txt"));
  table.push_back(Check("SY-22.speculation", "the filter switches speculation off", {"speculation"})
                      .then(same_speculation)
                      .control([](Cage& cage) {
                        return cage.run({"speculation"}).status == contained_status;
                      }));
}

} // namespace

void add_calls(Table& table) {
  add_refused_calls(table);
  add_session_key(table);
  add_refused_arguments(table);
  add_foreign_calls(table);
  add_usual_calls(table);
  add_filters_and_names(table);
}

} // namespace containment
