/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls that a box has, with arguments that it has not. What tells a refusal from the kernel's own
 * word is the errno: the arguments are such that the kernel would say another. */
#include "attack.h"

#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>

#define AT(pointer) ((long)(pointer))

enum { no_process = 0x3fffffff, no_mapping = 1L << 20 };

static struct sched_param first = {1};
static struct sched_param none;
/* As in linux/sched/types.h, which does not go with the C library's headers. */
static struct scheduling {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
} fifo = {.size = sizeof(struct scheduling), .policy = SCHED_FIFO, .priority = 1},
  deadline = {.size = sizeof(struct scheduling),
              .policy = 6,
              .runtime = 1000000,
              .deadline = 10000000,
              .period = 10000000},
  above_all = {.size = sizeof(struct scheduling), .nice = -20};
static char page[4096] __attribute__((aligned(4096)));

/* `compared` is the argument that is looked at; `answers` are those of a refusal. */
static const struct variant {
  const char* name;
  long number;
  long arguments[6];
  int compared;
  int answers[2];
} variants[] = {
    {"personality-exec", SYS_personality, {READ_IMPLIES_EXEC}, 0, {EPERM}},
    {"personality-layout", SYS_personality, {ADDR_NO_RANDOMIZE}, 0, {EPERM}},
    {"personality-linux32", SYS_personality, {PER_LINUX32}, 0, {EPERM}},
    {"personality-uname26", SYS_personality, {UNAME26}, 0, {EPERM}},
    {"personality-zero-page", SYS_personality, {MMAP_PAGE_ZERO}, 0, {EPERM}},
    {"sched-fifo", SYS_sched_setscheduler, {0, SCHED_FIFO, AT(&first)}, 1, {EPERM}},
    {"sched-rr", SYS_sched_setscheduler, {0, SCHED_RR, AT(&first)}, 1, {EPERM}},
    {"sched-fifo-reset",
     SYS_sched_setscheduler,
     {0, SCHED_FIFO | SCHED_RESET_ON_FORK, AT(&first)},
     1,
     {EPERM}},
    {"sched-deadline", SYS_sched_setscheduler, {0, 6, AT(&none)}, 1, {EPERM}},
    {"sched-ext", SYS_sched_setscheduler, {0, 7, AT(&none)}, 1, {EPERM}},
    {"sched-attr-fifo", SYS_sched_setattr, {0, AT(&fifo), 0}, 0, {EPERM}},
    {"sched-attr-deadline", SYS_sched_setattr, {0, AT(&deadline), 0}, 0, {EPERM}},
    {"sched-attr-nice", SYS_sched_setattr, {0, AT(&above_all), 0}, 0, {EPERM, EACCES}},
    {"nice", SYS_setpriority, {PRIO_PROCESS, 0, -20}, 2, {EPERM, EACCES}},
    {"ioprio", SYS_ioprio_set, {IOPRIO_WHO_PROCESS, 0, IOPRIO_CLASS_RT << 13}, 2, {EPERM}},
    {"prctl-core-cookie", SYS_prctl, {62, 1, 0, 0, 0}, 0, {EINVAL}},
    {"prctl-merge", SYS_prctl, {67, 1, 0, 0, 0}, 0, {EINVAL}},
    {"prctl-bounding", SYS_prctl, {PR_CAPBSET_DROP, 0, 0, 0, 0}, 0, {EPERM}},
    {"prctl-securebits", SYS_prctl, {PR_SET_SECUREBITS, 0, 0, 0, 0}, 0, {EPERM}},
    {"prctl-keepcaps", SYS_prctl, {PR_SET_KEEPCAPS, 1, 0, 0, 0}, 0, {EPERM}},
    {"prctl-mm", SYS_prctl, {PR_SET_MM, PR_SET_MM_START_BRK, 1, 0, 0}, 0, {EPERM}},
    {"prctl-io-flusher", SYS_prctl, {57, 1, 0, 0, 0}, 0, {EPERM}},
    {"madvise-merge", SYS_madvise, {AT(page), sizeof page, MADV_MERGEABLE}, 2, {EINVAL}},
    {"madvise-poison", SYS_madvise, {no_mapping, 4096, 100}, 2, {EPERM, EINVAL}},
    {"madvise-offline", SYS_madvise, {no_mapping, 4096, 101}, 2, {EPERM, EINVAL}},
    {"mmap-huge",
     SYS_mmap,
     {0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0},
     3,
     {ENOMEM}},
    {"shmget-huge", SYS_shmget, {IPC_PRIVATE, 0, SHM_HUGETLB | IPC_CREAT | 0600}, 2, {ENOMEM}},
    {"memfd-huge", SYS_memfd_create, {AT("huge"), MFD_HUGETLB}, 1, {EINVAL}},
    {"mlock", SYS_mlock, {AT(page), sizeof page}, -1, {EPERM, ENOMEM}},
    {"mlockall", SYS_mlockall, {MCL_FUTURE}, -1, {EPERM, ENOMEM}},
    {"dnotify", SYS_fcntl, {-1, F_NOTIFY, 1}, 1, {EINVAL}},
    {"lease", SYS_fcntl, {-1, F_SETLEASE, F_RDLCK}, 1, {EINVAL}},
    {"delegation", SYS_fcntl, {-1, 1040, 0}, 1, {EINVAL}},
    {"terminal-input", SYS_ioctl, {-1, 0x5412, 0}, 1, {EPERM}},
    {"terminal-linux", SYS_ioctl, {-1, 0x541c, 0}, 1, {EPERM}},
    {"terminal-discipline", SYS_ioctl, {-1, 0x5423, 0}, 1, {EPERM}},
    {"listener", SYS_seccomp, {1, SECCOMP_FILTER_FLAG_NEW_LISTENER, 0}, 1, {EPERM}},
    {"mknod", SYS_mknod, {0, S_IFCHR | 0600, 0x103}, 1, {EPERM}},
    {"mknod-block", SYS_mknod, {0, S_IFBLK | 0600, 0x800}, 1, {EPERM}},
    {"mknod-short", SYS_mknod, {0, 0x10000 | S_IFCHR | 0600, 0x103}, 1, {EPERM}},
    {"mknodat", SYS_mknodat, {-1, 0, S_IFCHR | 0600, 0x103}, 2, {EPERM}},
    {"kill", SYS_kill, {no_process, SIGSYS}, 1, {EPERM}},
    {"tkill", SYS_tkill, {no_process, SIGSYS}, 1, {EPERM}},
    {"tgkill", SYS_tgkill, {no_process, no_process, SIGSYS}, 2, {EPERM}},
    {"sigqueue", SYS_rt_sigqueueinfo, {no_process, SIGSYS, 0}, 1, {EPERM}},
    {"tgsigqueue", SYS_rt_tgsigqueueinfo, {no_process, no_process, SIGSYS, 0}, 2, {EPERM}},
    {"pidfd-signal", SYS_pidfd_send_signal, {-1, SIGSYS, 0, 0}, 1, {EPERM}},
};

static const struct variant* find_variant(const char* name) {
  for (size_t i = 0; name && i < sizeof variants / sizeof *variants; ++i) {
    if (strcmp(variants[i].name, name) == 0) {
      return &variants[i];
    }
  }
  unable("there is no such call");
}

static int was_refused(const struct variant* variant, long result) {
  return result < 0 && (errno == variant->answers[0] || errno == variant->answers[1]);
}

/* argument NAME [high]: with a bit of the upper half set. A filter that looks at all 64 bits of an
 * int is dodged by that, for the kernel drops them. */
static void try_argument(char** arguments) {
  const struct variant* variant = find_variant(arguments[0]);
  long with[6];
  memcpy(with, variant->arguments, sizeof with);
  if (arguments[1] && strcmp(arguments[1], "high") == 0) {
    with[variant->compared] |= 1L << 32;
  }
  const long result =
      syscall(variant->number, with[0], with[1], with[2], with[3], with[4], with[5]);
  if (!was_refused(variant, observe(variant->name, result))) {
    escaped("the kernel took the call up");
  }
}

/* Every hard limit that is finite, a little higher. Were they not hard, it were as easy as raising
 * a soft one, which `soft` does. */
static void raise_hard_limits(char** arguments) {
  const int soft = arguments[0] && strcmp(arguments[0], "soft") == 0;
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) {
      continue;
    }
    char step[32];
    snprintf(step, sizeof step, "limit%d", resource);
    limit.rlim_max += !soft;
    attempt(step, setrlimit(resource, &limit));
  }
}

static void limits_of_init(char** arguments) {
  struct rlimit limit = {1, 1};
  (void)arguments;
  attempt("read", syscall(SYS_prlimit64, 1, RLIMIT_NOFILE, NULL, &limit));
  attempt("write", syscall(SYS_prlimit64, 1, RLIMIT_CORE, &limit, NULL));
}

static void slow_init(char** arguments) {
  const unsigned long one_core = 1;
  (void)arguments;
  attempt("nice", setpriority(PRIO_PROCESS, 1, 19));
  attempt("affinity", syscall(SYS_sched_setaffinity, 1, sizeof one_core, &one_core));
  attempt("idle", syscall(SYS_sched_setscheduler, 1, SCHED_IDLE, &none));
  attempt("ioprio", syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 1, IOPRIO_CLASS_IDLE << 13));
}

/* A lease stops others from opening a file until it is given back. */
static void lease(char** arguments) {
  const int file = open(arguments[0], O_RDONLY);
  if (file < 0) {
    unable("open");
  }
  attempt("read", fcntl(file, F_SETLEASE, F_RDLCK));
  attempt("write", fcntl(file, F_SETLEASE, F_WRLCK));
}

const struct verb argument_verbs[] = {{"argument", try_argument},
                                      {"raise-hard-limits", raise_hard_limits},
                                      {"limits-of-init", limits_of_init},
                                      {"slow-init", slow_init},
                                      {"lease", lease},
                                      {NULL, NULL}};
