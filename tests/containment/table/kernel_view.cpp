// SPDX-License-Identifier: Apache-2.0
//
// Group B: what /proc, /sys and the kernel's own words tell of the host, and let change.
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace containment {
namespace {

using Words = std::vector<std::string>;

const std::set<std::string> hidden{"ENOENT", "EACCES", "EPERM"};
const std::set<std::string> read_only{"EROFS", "EACCES", "EPERM", "ENOENT"};
const std::set<std::string> none{"ENOENT", "ENODATA", "EACCES"};

/// One check for a verb that takes paths and must fail with one of these errors for each.
Check paths(std::string id, std::string title, const std::string& verb, const Words& names,
            const std::set<std::string>& errors) {
  Words attack{verb};
  attack.insert(attack.end(), names.begin(), names.end());
  return Check(std::move(id), std::move(title), attack).errors(names, errors);
}

void add_init(Table& table) {
  for (const char* file : {"environ", "maps", "smaps", "mem", "auxv", "fd", "fdinfo/0", "root",
                           "cwd", "exe", "map_files", "stack", "syscall", "pagemap", "ns/pid",
                           "ns/user", "task/1/mem", "task/1/environ"}) {
    const std::string path = std::string("/proc/1/") + file;
    std::string name = file;
    std::replace(name.begin(), name.end(), '/', '-');
    table.push_back(paths("PR-02." + name, "open " + path + " of init", "open", {path}, hidden));
  }
  table.push_back(paths("PR-02.cmdline", "read how init was started", "open",
                        {"/proc/1/cmdline", "/proc/1/status", "/proc/1/mountinfo"}, {"ENOENT"})
                      .not_runnable("an engine's /proc hides no process; these say only how every "
                                    "container's init is called",
                                    Where::docker));
  table.push_back(paths("PR-02.through-root", "the root as init sees it", "open",
                        {"/proc/1/root/etc/passwd", "/proc/1/cwd/attack"}, hidden));
  table.push_back(
      paths("PR-02.write", "change init by its files", "open-to-write",
            {"/proc/1/mem", "/proc/1/oom_score_adj", "/proc/1/comm", "/proc/1/clear_refs",
             "/proc/1/coredump_filter", "/proc/1/autogroup", "/proc/1/uid_map"},
            {"ENOENT", "EACCES", "EPERM", "EROFS"}));
  table.push_back(Check("PR-02.secret", "find the supervisor's environment",
                        std::vector<std::string>{"secret"}));
}

void add_processes_seen(Table& table) {
  table.push_back(
      Check("PR-01.processes", "see another process", {"processes"}).only(Where::native));
  table.push_back(Check("PR-01.processes-but-init", "see another process", {"processes", "1"})
                      .only(Where::docker));
}

void add_switches(Table& table) {
  const std::string sys = "/proc/sys/";
  const auto add = [&](const char* name, const char* title, Words files) {
    for (std::string& file : files) {
      file.insert(0, sys);
    }
    table.push_back(paths(std::string("PR-04.") + name, title, "open-to-write", files, read_only));
  };
  add("core-pattern", "say what the host runs for crashes", {"kernel/core_pattern"});
  add("modprobe", "say what the host runs for modules", {"kernel/modprobe"});
  add("names", "change the host's names", {"kernel/hostname", "kernel/domainname"});
  add("memory", "change how the host gives out memory",
      {"vm/overcommit_memory", "vm/drop_caches", "vm/panic_on_oom"});
  add("panic", "make the host panic",
      {"kernel/panic", "kernel/panic_on_oops", "kernel/sysrq", "kernel/printk"});
  add("hardening", "lower the host's guard",
      {"kernel/kptr_restrict", "kernel/dmesg_restrict", "kernel/randomize_va_space",
       "kernel/yama/ptrace_scope", "fs/protected_symlinks", "fs/suid_dumpable"});
  add("quotas", "change quotas of the host",
      {"fs/file-max", "kernel/pid_max", "kernel/threads-max", "user/max_user_namespaces"});
  add("network", "change the network", {"net/ipv4/ip_forward", "net/core/somaxconn"});
  add("ipc", "raise bounds of the box's own IPC", {"kernel/shmmax", "fs/mqueue/msg_max"});
  table.push_back(paths("PR-04.sysrq", "press the magic key", "open-to-write",
                        {"/proc/sysrq-trigger"}, read_only));
  table.push_back(paths("PR-04.chmod", "make switches writable first", "open-after-chmod",
                        {"/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"}, read_only));
  table.push_back(paths("PR-04.interrupts", "steer interrupts", "open-to-write",
                        {"/proc/irq/default_smp_affinity"}, {"EROFS", "EACCES", "ENOENT"}));
}

void add_oneself(Table& table) {
  table.push_back(Check("PR-04.oom-score", "be the last whom the kernel takes",
                        {"write-text", "/proc/self/oom_score_adj", "-1000"})
                      .errors("/proc/self/oom_score_adj", {"EROFS", "EACCES"})
                      .control({"write-text", "/proc/self/oom_score_adj", "1000"}));
  table.push_back(
      Check("PR-04.oom-score-0", "be no sooner taken than the host's processes",
            {"write-text", "/proc/self/oom_score_adj", "0"})
          .errors("/proc/self/oom_score_adj", {"EROFS", "EACCES"})
          .control({"write-text", "/proc/self/oom_score_adj", "1000"})
          .not_runnable("how far down it may go depends on the rights that the engine had; the "
                        "verdict stands whomever the kernel takes: TM-12.memory-spared",
                        Where::docker));
  table.push_back(
      Check("PR-04.uid-map", "map ids anew", {"write-text", "/proc/self/uid_map", "0 0 1"})
          .errors("/proc/self/uid_map", {"EROFS", "EACCES", "EPERM"})
          .control({"open-to-write", "/proc/self/uid_map"}));
  table.push_back(Check("PR-03.frames", "learn page frame numbers", {"page-frames"}));
}

void add_host_files(Table& table) {
  for (const char* file : {"kcore", "timer_list", "slabinfo", "vmallocinfo", "pagetypeinfo",
                           "kpagecount", "kpageflags"}) {
    const std::string path = std::string("/proc/") + file;
    table.push_back(paths(std::string("PR-03.") + file, "read " + path, "bytes", {path}, none));
  }
  for (const char* file : {"kallsyms", "iomem", "modules"}) {
    const std::string path = std::string("/proc/") + file;
    table.push_back(
        Check(std::string("PR-03.") + file, "learn addresses from " + path, {"addresses", path}));
  }
  table.push_back(paths("PR-05.writable", "write to what /proc has beside /proc/sys",
                        "open-to-write", {"/proc/mtrr", "/proc/slabinfo", "/proc/bus/pci/00/00.0"},
                        {"EROFS", "EACCES", "ENOENT", "EPERM"}));
}

void add_sys(Table& table) {
  table.push_back(
      paths("PR-06.sys", "anything in /sys", "list", {"/sys"}, none).only(Where::native));
  table.push_back(paths("PR-06.masked", "the machine in /sys", "list",
                        {"/sys/block", "/sys/bus", "/sys/class", "/sys/dev", "/sys/devices",
                         "/sys/firmware", "/sys/kernel", "/sys/module", "/sys/power"},
                        none)
                      .only(Where::docker));
  // What a root shell of the host may do.
  const auto root_may = [](Cage&) {
    const int file = ::open("/sys/fs/cgroup/pids/cgroup.procs", O_WRONLY | O_CLOEXEC);
    const int file2 = ::open("/sys/fs/cgroup/cgroup.procs", O_WRONLY | O_CLOEXEC);
    const bool either = file >= 0 || file2 >= 0;
    ::close(file);
    ::close(file2);
    return either;
  };
  table.push_back(
      paths("PR-06.limits", "lift one's own limits", "open-to-write",
            {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/pids/pids.max",
             "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/pids/cgroup.procs",
             "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/cgroup.procs",
             "/sys/fs/cgroup/memory/cgroup.event_control"},
            {"EROFS", "EACCES", "ENOENT", "EPERM"})
          .control(root_may));
}

void add_log(Table& table) {
  table.push_back(Check("PR-07.syslog", "read the kernel's log by call", {"kernel-log"})
                      .errors("size", {"EPERM"})
                      .errors("read-all", {"EPERM"})
                      .errors("no-such-action", {"EPERM"}));
  table.push_back(paths("PR-07.kmsg", "read the kernel's log by file", "open",
                        {"/dev/kmsg", "/proc/kmsg"}, hidden));
  table.push_back(paths("PR-07.write-kmsg", "write into the kernel's log", "open-to-write",
                        {"/dev/kmsg"}, hidden));
  table.push_back(Check("PR-07.system-log", "write into the host's log", {"system-log"})
                      .errors("/dev/log", {"ENOENT"})
                      .errors("journal", {"ENOENT"})
                      .control({"system-log", "--control"}));
}

void add_names(Table& table) {
  table.push_back(Check("PR-08.hostname", "learn the host's name", {"host-name", "sandbox"}));
  table.push_back(Check("PR-08.set-names", "change the name", {"set-names"})
                      .errors("sethostname", {"EPERM"})
                      .errors("setdomainname", {"EPERM"}));
  table.push_back(Check("PR-08.load", "tell the load of the host", {"host-name", "sandbox"})
                      .not_runnable("a documented residual: load averages, uptime, memory and "
                                    "release of the host are seen (SECURITY.md)"));
}

void add_crashes(Table& table) {
  table.push_back(Check("PR-09.core", "a crash that leaves a core file", {"core"})
                      .errors("setrlimit", {"EPERM"}));
  table.push_back(
      Check("PR-09.verdict", "a crash of the program itself", {"crash"})
          .verdict({sandbox::Verdict::signaled})
          .then([](Trial& trial, const Observation& seen) {
            trial.expect(seen.result.signal == SIGSEGV, "signal 11");
            for (const sandbox::BoxEntry& entry : trial.box().list_files()) {
              trial.expect(entry.path == "attack", "left behind: " + entry.path);
            }
          })
          .control([](Cage& cage) { return cage.run({"crash"}).status == 128 + SIGSEGV; }));
  table.push_back(Check("PR-09.handler", "a crash that starts the host's handler", {"crash"})
                      .not_runnable("core_pattern is the whole host's: it takes a machine of its "
                                    "own to set one that runs a program"));
}

} // namespace

void add_kernel_view(Table& table) {
  add_processes_seen(table);
  add_init(table);
  add_host_files(table);
  add_switches(table);
  add_oneself(table);
  add_sys(table);
  add_log(table);
  add_names(table);
  add_crashes(table);
}

} // namespace containment
