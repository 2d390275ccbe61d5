/* SPDX-License-Identifier: Apache-2.0
 *
 * Namespaces of one's own, capabilities, other users' ids. */
#include "attack.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

static const struct {
  const char* name;
  unsigned long flags;
} kinds[] = {{"mnt", CLONE_NEWNS},
             {"uts", CLONE_NEWUTS},
             {"ipc", CLONE_NEWIPC},
             {"user", CLONE_NEWUSER},
             {"pid", CLONE_NEWPID},
             {"net", CLONE_NEWNET},
             {"cgroup", CLONE_NEWCGROUP},
             {"time", CLONE_NEWTIME},
             {"user+mnt", CLONE_NEWUSER | CLONE_NEWNS},
             {"user+net", CLONE_NEWUSER | CLONE_NEWNET},
             {"user+pid", CLONE_NEWUSER | CLONE_NEWPID},
             {"none", 0}};

static unsigned long flags_of(const char* name) {
  for (size_t i = 0; name && i < sizeof kinds / sizeof *kinds; ++i) {
    if (strcmp(kinds[i].name, name) == 0) {
      return kinds[i].flags;
    }
  }
  unable("there is no such namespace");
}

/* A child of clone ends at once. */
static long reap(long child) {
  if (child == 0) {
    _exit(0);
  }
  if (child > 0) {
    waitpid((pid_t)child, NULL, 0);
  }
  return child;
}

/* namespace HOW KIND [high] */
static void new_namespace(char** arguments) {
  const unsigned long kind = flags_of(arguments[1]);
  const unsigned long above =
      arguments[2] && strcmp(arguments[2], "high") == 0 ? 0xdeadbeefUL << 32 : 0;
  long result = -1;
  if (strcmp(arguments[0], "unshare") == 0) {
    result = syscall(SYS_unshare, kind | above);
  } else if (strcmp(arguments[0], "clone") == 0) {
    result = reap(syscall(SYS_clone, kind | above | SIGCHLD, 0, 0, 0, 0));
  } else {
    struct clone_args with = {.flags = kind, .exit_signal = SIGCHLD};
    result = reap(syscall(SYS_clone3, &with, sizeof with));
  }
  attempt(arguments[0], result);
}

/* Back into a namespace by its file, or into those of a process by its descriptor. Where the call
 * is not refused, it says that we are in it already, or succeeds. */
static int was_refused(long result) {
  return result < 0 && (errno == EPERM || errno == EACCES);
}

static void enter_namespace(char** arguments) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/ns/%s", arguments[0]);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    unable(path);
  }
  if (!was_refused(observe("setns", syscall(SYS_setns, file, 0)))) {
    escaped("the kernel took the call up");
  }
}

static void enter_process(char** arguments) {
  const int process =
      (int)observe("pidfd_open", syscall(SYS_pidfd_open, number(arguments, 0, getpid()), 0));
  if (!was_refused(observe("setns", syscall(SYS_setns, process, CLONE_NEWNS | CLONE_NEWUTS)))) {
    escaped("the kernel took the call up");
  }
}

static void all_capabilities(char** arguments) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2];
  (void)arguments;
  if (observe("capget", syscall(SYS_capget, &header, sets)) != 0) {
    unable("capget");
  }
  for (int i = 0; i < 2; ++i) {
    if (sets[i].effective | sets[i].permitted | sets[i].inheritable) {
      escaped("a set is not empty");
    }
  }
  for (unsigned long each = 0; prctl(PR_CAPBSET_READ, each, 0, 0, 0) >= 0; ++each) {
    if (prctl(PR_CAPBSET_READ, each, 0, 0, 0) == 1) {
      escaped("the bounding set is not empty");
      break;
    }
  }
  for (unsigned long each = 0; each < 64; ++each) {
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, each, 0, 0) == 1) {
      escaped("the ambient set is not empty");
    }
  }
}

static void capabilities_after_exec(char** arguments) {
  (void)arguments;
  execl("./attack", "attack", "capabilities", NULL);
  unable("exec");
}

/* Inheritable first: without it the ambient set refuses for that reason alone. */
static void raise_capabilities(char** arguments) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2];
  (void)arguments;
  syscall(SYS_capget, &header, sets);
  sets[0].inheritable |= 1;
  attempt("inheritable", syscall(SYS_capset, &header, sets));
  attempt("ambient", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 0, 0, 0));
  sets[0].permitted |= 1;
  sets[0].effective |= 1;
  attempt("effective", syscall(SYS_capset, &header, sets));
}

/* A program that would be given capabilities by its file. */
static void file_capabilities(char** arguments) {
  static const unsigned version_2[5] = {0x02000001, 1, 1, 0, 0};
  static const unsigned version_3[6] = {0x03000001, 1, 1, 0, 0, 0};
  (void)arguments;
  close(open("capable", O_WRONLY | O_CREAT, 0755));
  attempt("version-2", setxattr("capable", "security.capability", version_2, sizeof version_2, 0));
  attempt("version-3", setxattr("capable", "security.capability", version_3, sizeof version_3, 0));
}

static void become(char** arguments) {
  const unsigned id = (unsigned)number(arguments, 0, 0);
  const unsigned groups[] = {id};
  attempt("setgroups", syscall(SYS_setgroups, 1, groups));
  attempt("setgroups-none", syscall(SYS_setgroups, 0, NULL));
  attempt("setgid", syscall(SYS_setgid, id));
  attempt("setregid", syscall(SYS_setregid, id, id));
  attempt("setresgid", syscall(SYS_setresgid, id, id, id));
  attempt("setuid", syscall(SYS_setuid, id));
  attempt("setreuid", syscall(SYS_setreuid, id, id));
  attempt("setresuid", syscall(SYS_setresuid, id, id, id));
  attempt("setresuid-saved", syscall(SYS_setresuid, -1, -1, id));
  syscall(SYS_setfsuid, id);
  if ((unsigned)syscall(SYS_setfsuid, -1) == id) {
    escaped("setfsuid");
  }
  syscall(SYS_setfsgid, id);
  if ((unsigned)syscall(SYS_setfsgid, -1) == id) {
    escaped("setfsgid");
  }
}

/* More ids than were mapped, by the files that map them; `own`: of a namespace of one's own. */
static void map_ids(char** arguments) {
  static const char* const files[] = {"/proc/self/setgroups", "/proc/self/uid_map",
                                      "/proc/self/gid_map"};
  static const char* const texts[] = {"deny", "0 0 1\n", "0 0 1\n"};
  if (arguments[0] && strcmp(arguments[0], "own") == 0) {
    observe("unshare", syscall(SYS_unshare, CLONE_NEWUSER));
  }
  for (int i = 0; i < 3; ++i) {
    const int file = open(files[i], O_WRONLY | O_CLOEXEC);
    attempt(files[i], file < 0 ? -1 : write(file, texts[i], strlen(texts[i])));
  }
}

/* Effective ids that the real ones are not. */
static void who_am_i(char** arguments) {
  (void)arguments;
  observe("uid", (long)geteuid());
  observe("gid", (long)getegid());
  if (geteuid() != getuid() || getegid() != getgid()) {
    escaped("ids of the file's owner");
  }
  all_capabilities(arguments);
}

static void run_file(char** arguments) {
  execl(arguments[0], "attack", "who-am-i", NULL);
  unable(strerrorname_np(errno));
}

/* A dead process that nobody waited for still says whose it was. */
static void owner_of(pid_t child, const char* program) {
  char path[64];
  char line[256];
  unsigned real = 0;
  unsigned effective = 0;
  snprintf(path, sizeof path, "/proc/%d/status", child);
  FILE* status = fopen(path, "re");
  if (status == NULL) {
    escaped("the process is another's");
    return;
  }
  while (fgets(line, sizeof line, status)) {
    if (sscanf(line, "Uid: %u %u", &real, &effective) == 2 && real != effective) {
      escaped(program);
    }
    if (strncmp(line, "Gid:", 4) == 0 && sscanf(line, "Gid: %u %u", &real, &effective) == 2 &&
        real != effective) {
      escaped(program);
    }
  }
  fclose(status);
}

/* The set-id programs that every system has. */
static void set_id_programs(char** arguments) {
  static const char* const programs[] = {"/usr/bin/su", "/usr/bin/passwd", "/usr/bin/chsh",
                                         "/usr/bin/newgrp", "/usr/bin/gpasswd"};
  int found = 0;
  (void)arguments;
  for (size_t i = 0; i < sizeof programs / sizeof *programs; ++i) {
    struct stat about;
    if (stat(programs[i], &about) != 0 || !(about.st_mode & (S_ISUID | S_ISGID))) {
      continue;
    }
    ++found;
    const pid_t child = fork();
    if (child == 0) {
      for (int stream = 0; stream < 3; ++stream) {
        close(stream);
      }
      execl(programs[i], programs[i], NULL);
      _exit(0);
    }
    siginfo_t information;
    waitid(P_PID, (id_t)child, &information, WEXITED | WNOWAIT);
    owner_of(child, programs[i]);
    waitpid(child, NULL, 0);
  }
  observe("programs", found);
  if (found == 0) {
    unable("no set-id program");
  }
}

/* A key that the supervisor has in its session; see be_careless() in main.cpp. */
static void session_key(char** arguments) {
  (void)arguments;
  attempt("search", syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user",
                            "sandbox-test-secret", 0));
}

const struct verb privilege_verbs[] = {{"namespace", new_namespace},
                                       {"enter-namespace", enter_namespace},
                                       {"enter-process", enter_process},
                                       {"capabilities", all_capabilities},
                                       {"capabilities-after-exec", capabilities_after_exec},
                                       {"raise-capabilities", raise_capabilities},
                                       {"file-capabilities", file_capabilities},
                                       {"become", become},
                                       {"map-ids", map_ids},
                                       {"who-am-i", who_am_i},
                                       {"run-file", run_file},
                                       {"set-id-programs", set_id_programs},
                                       {"session-key", session_key},
                                       {NULL, NULL}};
