/* SPDX-License-Identifier: Apache-2.0
 *
 * Into the memory, the descriptors and the program files of other processes. */
#include "attack.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* Whom the first argument names: nobody's but the victim, or a child of our own. */
static pid_t target(char** arguments) {
  if (arguments[0] == NULL || strcmp(arguments[0], "child") != 0) {
    return victim();
  }
  const pid_t child = fork();
  if (child == 0) {
    for (;;) {
      pause();
    }
  }
  return child;
}

static void forget(pid_t pid) {
  if (pid != 1 && pid != victim()) {
    kill(pid, SIGKILL);
  }
}

static void trace_seize(char** arguments) {
  const pid_t pid = target(arguments);
  attempt("seize", syscall(SYS_ptrace, PTRACE_SEIZE, pid, 0, 0));
  forget(pid);
}

static void trace_attach(char** arguments) {
  const pid_t pid = target(arguments);
  attempt("attach", syscall(SYS_ptrace, PTRACE_ATTACH, pid, 0, 0));
  forget(pid);
}

static void trace_me(char** arguments) {
  (void)arguments;
  attempt("traceme", syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0));
}

/* The address is nobody's: EFAULT says that we were let in. */
static void read_memory(char** arguments) {
  char byte;
  const struct iovec ours = {&byte, 1};
  const struct iovec theirs = {(void*)8, 1};
  const pid_t pid = target(arguments);
  refused("process_vm_readv", syscall(SYS_process_vm_readv, pid, &ours, 1, &theirs, 1, 0));
  forget(pid);
}

static void write_memory(char** arguments) {
  char byte = 0;
  const struct iovec ours = {&byte, 1};
  const struct iovec theirs = {(void*)8, 1};
  const pid_t pid = target(arguments);
  refused("process_vm_writev", syscall(SYS_process_vm_writev, pid, &ours, 1, &theirs, 1, 0));
  forget(pid);
}

static void take_descriptor(char** arguments) {
  const pid_t pid = target(arguments);
  const int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  observe("pidfd_open", pidfd);
  attempt("pidfd_getfd", syscall(SYS_pidfd_getfd, pidfd, STDOUT_FILENO, 0));
  forget(pid);
}

/* Answers tell where the kernel keeps things of others. */
static void compare(char** arguments) {
  const pid_t pid = target(arguments);
  attempt("kcmp", syscall(SYS_kcmp, getpid(), pid, KCMP_VM, 0, 0));
  forget(pid);
}

static void advise(char** arguments) {
  const struct iovec none = {NULL, 0};
  const pid_t pid = target(arguments);
  const int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  refused("process_madvise", syscall(SYS_process_madvise, pidfd, &none, 1, MADV_COLD, 0));
  forget(pid);
}

/* EINVAL: the process is not dying, but we were asked what for. */
static void release_memory(char** arguments) {
  const pid_t pid = target(arguments);
  const int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  refused("process_mrelease", syscall(SYS_process_mrelease, pidfd, 0));
  forget(pid);
}

/* Of others through /proc; the last word of the path is the argument. */
static void others_file(char** arguments) {
  char path[128];
  snprintf(path, sizeof path, "/proc/%d/%s", victim(), arguments[0]);
  attempt("read", open(path, O_RDONLY));
  attempt("write", open(path, O_RDWR));
}

/* CVE-2019-5736: the program file of who started us. ETXTBSY is an answer for those who may. */
static void overwrite_executable(char** arguments) {
  (void)arguments;
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/exe", victim());
  long result = open(path, O_RDWR);
  if (result < 0 && errno == ETXTBSY) {
    escaped("only busy");
  }
  attempt("write", result);
  result = truncate(path, 0);
  if (result < 0 && errno == ETXTBSY) {
    escaped("only busy");
  }
  attempt("truncate", result);
}

/* Somebody who stays behind to catch the next stage before it is confined. */
static void leave_watcher(char** arguments) {
  (void)arguments;
  volatile int* ready = shared_page();
  if (fork() == 0) {
    setsid();
    for (int signal = 1; signal < 65; ++signal) {
      struct sigaction ignore = {.sa_handler = SIG_IGN};
      sigaction(signal, &ignore, NULL);
    }
    for (*ready = 1;;) {
      sleep_ms(1);
    }
  }
  while (!*ready) {
    sleep_ms(1);
  }
}

static void look_for_watcher(char** arguments) {
  (void)arguments;
  DIR* entries = opendir("/proc");
  for (struct dirent* entry; entries && (entry = readdir(entries)) != NULL;) {
    if (atoi(entry->d_name) > 1 && atoi(entry->d_name) != getpid()) {
      escaped(entry->d_name);
    }
  }
  attempt("kill(-1)", kill(-1, 0));
}

static void leave_and_look_for_watcher(char** arguments) {
  leave_watcher(arguments);
  look_for_watcher(arguments);
}

/* A number for what a file holds, to see whether it stays the same. */
static void fingerprint(char** arguments) {
  unsigned char chunk[65536];
  uint64_t hash = 14695981039346656037U;
  const int file = open(arguments[0], O_RDONLY);
  long size = -1;
  while ((size = read(file, chunk, sizeof chunk)) > 0) {
    for (long i = 0; i < size; ++i) {
      hash = (hash ^ chunk[i]) * 1099511628211U;
    }
  }
  char text[32];
  snprintf(text, sizeof text, "%016lx", hash);
  note("fingerprint", size < 0 ? strerrorname_np(errno) : text);
}

const struct verb tracing_verbs[] = {{"trace-seize", trace_seize},
                                     {"trace-attach", trace_attach},
                                     {"trace-me", trace_me},
                                     {"read-memory", read_memory},
                                     {"write-memory", write_memory},
                                     {"take-descriptor", take_descriptor},
                                     {"compare", compare},
                                     {"advise", advise},
                                     {"release-memory", release_memory},
                                     {"others-file", others_file},
                                     {"overwrite-executable", overwrite_executable},
                                     {"leave-watcher", leave_watcher},
                                     {"look-for-watcher", look_for_watcher},
                                     {"leave-and-look-for-watcher", leave_and_look_for_watcher},
                                     {"fingerprint", fingerprint},
                                     {NULL, NULL}};
