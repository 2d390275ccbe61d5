/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls made in another way than a program of this machine makes them; filters of a program's own;
 * and the calls that programs must have. */
#include "attack.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/membarrier.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { x32_bit = 0x40000000 };

static long by_interrupt(long number, long first, long second) {
  long result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(number), "b"(first), "c"(second), "d"(0)
                   : "memory", "r8", "r9", "r10", "r11");
  return (int)result;
}

/* The numbers are those of 32-bit programs: what a filter of 64-bit numbers allows is another call
 * there. */
static void interrupt(char** arguments) {
  const long result = by_interrupt(number(arguments, 0, 20), number(arguments, 1, 0), 0);
  observe("interrupt", result);
  escaped("a 32-bit call was taken up");
}

/* The same in a file that says it is a 32-bit program: it exits with 10, by that kind of call. */
static void narrow_program(char** arguments) {
  static const unsigned char bytes[] = {0x7f, 'E',  'L', 'F',  1,    1, 1,    0,   0,    0,
                                        0,    0,    0,   0,    0,    0, /* 32 bits */
                                        2,    0,    3,   0,    1,    0, 0,    0,   0x54, 0x80,
                                        4,    8,    52,  0,    0,    0, /* i386, entry 0x08048054 */
                                        0,    0,    0,   0,    0,    0, 0,    0,   52,   0,
                                        32,   0,    1,   0,    0,    0, 0,    0,   0,    0,
                                        1,    0,    0,   0,    0,    0, 0,    0,   0,    0x80,
                                        4,    8,    0,   0x80, 4,    8, /* one segment, all of the
                                                                           file */
                                        0x60, 0,    0,   0,    0x60, 0, 0,    0,   5,    0,
                                        0,    0,    0,   0x10, 0,    0, 0xb8, 1,   0,    0,
                                        0,    0xbb, 10,  0,    0,    0, 0xcd, 0x80}; /* exit(10) */
  (void)arguments;
  const int file = open("narrow", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
  if (write(file, bytes, sizeof bytes) != sizeof bytes || close(file) != 0) {
    unable("write");
  }
  execl("./narrow", "narrow", NULL);
  unable(strerrorname_np(errno));
}

static void x32(char** arguments) {
  observe("x32", syscall(x32_bit + number(arguments, 0, SYS_getpid), 0, 0, 0, 0, 0));
  escaped("the kernel answered a call of x32");
}

/* Each number in a child: one that lives on got an answer. */
static void x32_sweep(char** arguments) {
  (void)arguments;
  for (int i = 0; i < 1100; i += i < 510 || i > 547 ? 37 : 1) {
    const pid_t child = fork();
    if (child == 0) {
      syscall(x32_bit + i, -1, -1, -1, -1, -1);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS) {
      observe("number", i);
      escaped("the kernel answered a call of x32");
      return;
    }
  }
}

static long add_filter(unsigned flags, unsigned answer) {
  struct sock_filter code[] = {{BPF_RET | BPF_K, 0, 0, answer}};
  const struct sock_fprog program = {1, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* stack-filter [FLAGS]: a filter that allows all, and then what the first one refuses. */
static void stack_filter(char** arguments) {
  if (observe("filter", add_filter((unsigned)number(arguments, 0, 0), SECCOMP_RET_ALLOW)) < 0) {
    unable("no filter of one's own");
  }
  attempt("unshare", syscall(SYS_unshare, 0x04000000 /* CLONE_NEWUTS */));
}

static void listener(char** arguments) {
  const unsigned long above = (unsigned long)number(arguments, 0, 0) << 32;
  struct sock_filter code[] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  const struct sock_fprog program = {1, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  attempt("listener", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                              SECCOMP_FILTER_FLAG_NEW_LISTENER | above, &program));
}

/* A name that is more fields of /proc/PID/stat to who splits at blanks, and then work. */
static void named_like_figures(char** arguments) {
  prctl(PR_SET_NAME, arguments[0], 0, 0, 0);
  dprintf(STDOUT_FILENO, "PROBE working is=%d\n", getpid());
  for (;;) {
  }
}

static void speculation(char** arguments) {
  const long store_bypass = prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0);
  (void)arguments;
  observe("store-bypass", store_bypass);
  observe("indirect-branch", prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_INDIRECT_BRANCH, 0, 0, 0));
}

static void* nothing(void* argument) {
  return argument;
}

static void usual_threads(void) {
  pthread_t threads[4];
  long failed = 0;
  pthread_attr_t small; /* the usual size is that of the stack limit, four of which are much */
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 256 << 10);
  for (int i = 0; i < 4; ++i) {
    failed |= pthread_create(&threads[i], &small, nothing, NULL);
  }
  for (int i = 0; i < 4 && !failed; ++i) {
    failed |= pthread_join(threads[i], NULL);
  }
  errno = EAGAIN;
  observe("threads", failed ? -1 : 0);
  int word = 0;
  observe("futex", syscall(SYS_futex, &word, 1 /* FUTEX_WAKE */, 1, NULL, NULL, 0));
  observe("membarrier", syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0));
  cpu_set_t cores;
  observe("affinity", sched_getaffinity(0, sizeof cores, &cores));
  observe("affinity-set", sched_setaffinity(0, sizeof cores, &cores));
}

static void usual_files(void) {
  struct statx about;
  observe("statx", statx(AT_FDCWD, "/", 0, STATX_BASIC_STATS, &about));
  const struct { uint64_t flags, mode, resolve; } how = {O_PATH, 0, 0};
  const int file = (int)observe("openat2", syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how));
  observe("faccessat2", syscall(SYS_faccessat2, AT_FDCWD, "/", 0, AT_EACCESS));
  observe("close_range", syscall(SYS_close_range, file, file, 0));
  const int memory = (int)observe("memfd", memfd_create("memory", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  observe("seal", fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK));
  char bytes[16];
  observe("getrandom", getrandom(bytes, sizeof bytes, 0));
  struct flock lock = {.l_type = F_WRLCK};
  const int own = open("locked", O_RDWR | O_CREAT, 0600);
  observe("lock", fcntl(own, F_OFD_SETLK, &lock));
}

static void usual_waiting(void) {
  const int queue = epoll_create1(0);
  struct epoll_event event;
  const struct timespec at_once = {0, 0};
  observe("epoll_pwait2", syscall(SYS_epoll_pwait2, queue, &event, 1, &at_once, NULL, 0));
  observe("pidfd_open", syscall(SYS_pidfd_open, getpid(), 0));
  observe("timerfd", syscall(SYS_timerfd_create, 1, 0));
  observe("eventfd", syscall(SYS_eventfd2, 0, 0));
  observe("landlock",
          syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION));
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  observe("signalfd", syscall(SYS_signalfd4, -1, &signals, 8, 0));
  observe("sigqueue", kill(getpid(), 0));
}

static void usual_calls(char** arguments) {
  void (*const families[])(void) = {usual_threads, usual_files, usual_waiting};
  families[number(arguments, 0, 0)]();
}

const struct verb machine_verbs[] = {{"interrupt", interrupt},
                                     {"narrow-program", narrow_program},
                                     {"x32", x32},
                                     {"x32-sweep", x32_sweep},
                                     {"stack-filter", stack_filter},
                                     {"listener", listener},
                                     {"named-like-figures", named_like_figures},
                                     {"speculation", speculation},
                                     {"usual-calls", usual_calls},
                                     {NULL, NULL}};
