/* SPDX-License-Identifier: Apache-2.0
 *
 * More processes, descriptors, processor time and objects of the kernel than a box may have, and
 * what the kernel counts for the whole host. */
#include "attack.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

static void raise_limit(int which) {
  const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
  if (setrlimit(which, &unlimited) != 0) {
    struct rlimit most;
    getrlimit(which, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(which, &most);
  }
}

static void fork_until_refused(char** arguments) {
  for (long i = 0; i < number(arguments, 0, 500); ++i) {
    const pid_t child = fork();
    if (child < 0) {
      observe("fork", -1);
      return;
    }
    if (child == 0) {
      for (;;) {
        pause();
      }
    }
  }
  escaped("all of them live");
}

/* Every process doubles, for ever. */
static void fork_for_ever(char** arguments) {
  (void)arguments;
  for (;;) {
    fork();
  }
}

static void* wait_for_ever(void* nothing) {
  for (;;) {
    pause();
  }
  return nothing;
}

static void threads_until_refused(char** arguments) {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 64 << 10);
  for (long i = 0; i < number(arguments, 0, 500); ++i) {
    pthread_t thread;
    errno = pthread_create(&thread, &small, wait_for_ever, NULL);
    if (errno != 0) {
      observe("thread", -1);
      return;
    }
  }
  escaped("all of them live");
}

static void descriptors_until_refused(char** arguments) {
  raise_limit(RLIMIT_NOFILE);
  for (long i = 0; i < number(arguments, 0, 4096); ++i) {
    if (dup(1) < 0) {
      observe("dup", -1);
      return;
    }
  }
  escaped("all of them are open");
}

static int pass(int channel, int descriptor) {
  char byte = 0;
  struct iovec part = {&byte, 1};
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {.head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.head), &descriptor, sizeof descriptor);
  const struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  return (int)sendmsg(channel, &message, MSG_DONTWAIT);
}

/* Open files that no process has open: they wait in sockets. */
static void descriptors_in_flight(char** arguments) {
  int ends[2] = {-1, -1};
  for (long i = 0; i < number(arguments, 0, 4096); ++i) {
    const int file = open("/dev/null", O_RDONLY);
    if (i % 64 == 0 && socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) != 0) {
      observe("socketpair", -1);
      return;
    }
    if (pass(ends[0], file) < 0 && errno != EAGAIN) {
      observe("send", -1);
      return;
    }
    close(file);
  }
  escaped("all of them are in flight");
}

static void say_held(void) {
  note("held", "all that can be had");
  sleep(30);
}

static int holds(char** arguments) {
  return arguments[0] != NULL && strcmp(arguments[0], "hold") == 0;
}

static void queues_until_refused(char** arguments) {
  raise_limit(RLIMIT_MSGQUEUE);
  raise_limit(RLIMIT_NOFILE);
  struct mq_attr size = {.mq_maxmsg = 1, .mq_msgsize = 8192};
  for (long i = 0; i < number(arguments, holds(arguments) ? 1 : 0, 32); ++i) {
    char name[64];
    snprintf(name, sizeof name, "/queue-%d-%ld", getpid(), i);
    if (mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &size) < 0) {
      observe("mq_open", -1);
      if (holds(arguments)) {
        say_held();
      }
      return;
    }
  }
  escaped("all of them were made");
}

static void timers_until_refused(char** arguments) {
  raise_limit(RLIMIT_SIGPENDING);
  struct sigevent signal_event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
  for (long i = 0; i < number(arguments, holds(arguments) ? 1 : 0, 20000); ++i) {
    int timer;
    if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &signal_event, &timer) != 0) {
      observe("timer_create", -1);
      if (holds(arguments)) {
        say_held();
      }
      return;
    }
  }
  escaped("all of them were made");
}

static void signals_until_refused(char** arguments) {
  raise_limit(RLIMIT_SIGPENDING);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  const union sigval nothing = {0};
  for (long i = 0; i < number(arguments, holds(arguments) ? 1 : 0, 20000); ++i) {
    if (sigqueue(getpid(), SIGRTMIN, nothing) != 0) {
      observe("sigqueue", -1);
      if (holds(arguments)) {
        say_held();
      }
      return;
    }
  }
  escaped("all of them wait");
}

/* What a neighbour wants, one of each. When it cannot have it, another has taken it. */
static void one_of_each(char** arguments) {
  (void)arguments;
  struct mq_attr size = {.mq_maxmsg = 1, .mq_msgsize = 8192};
  struct sigevent signal_event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
  const union sigval nothing = {0};
  int timer;
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  if (observe("mq_open", mq_open("/mine", O_RDWR | O_CREAT, 0600, &size)) < 0 ||
      observe("timer_create", syscall(SYS_timer_create, CLOCK_MONOTONIC, &signal_event, &timer)) <
          0 ||
      observe("sigqueue", sigqueue(getpid(), SIGRTMIN, nothing)) < 0) {
    escaped("another has taken it");
  }
}

/* Both in one place: one user takes all, then the same user asks for one. */
static void take_all_then_ask(char** arguments) {
  const int queues = arguments[0] != NULL && strcmp(arguments[0], "queues") == 0;
  char* hold[] = {"hold", "1000000", NULL};
  if (fork() == 0) {
    if (queues) {
      queues_until_refused(hold);
    } else {
      signals_until_refused(hold);
    }
    _exit(0);
  }
  sleep(2);
  one_of_each(hold);
}

static double processor_seconds(void) {
  struct timespec used;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static void* burn(void* seconds) {
  while (processor_seconds() < *(double*)seconds) {
    sched_yield();
  }
  return NULL;
}

/* burn THREADS SECONDS of processor time, of all threads together */
static void burn_time(char** arguments) {
  double seconds = (double)number(arguments, 1, 1);
  pthread_t threads[64];
  long count = 0;
  while (count < number(arguments, 0, 8) && count < 64 &&
         pthread_create(&threads[count], NULL, burn, &seconds) == 0) {
    ++count;
  }
  burn(&seconds);
  for (long i = 0; i < count; ++i) {
    pthread_join(threads[i], NULL);
  }
  escaped("all of the time was there");
}

static double monotonic_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* half-core MILLISECONDS TRIES: so much processor time of one thread in less than twice that time.
 * Others of the machine may be in the way, but not each time. */
static void half_core(char** arguments) {
  const double seconds = (double)number(arguments, 0, 100) / 1000;
  for (long i = number(arguments, 1, 8); i > 0; --i) {
    const double begin = monotonic_seconds();
    double until = processor_seconds() + seconds;
    burn(&until);
    if (monotonic_seconds() - begin < 2 * seconds) {
      escaped("half a core");
      return;
    }
  }
}

static void higher_priority(char** arguments) {
  (void)arguments;
  const struct sched_param first = {.sched_priority = 1};
  errno = 0;
  attempt("nice", setpriority(PRIO_PROCESS, 0, -20));
  attempt("fifo", sched_setscheduler(0, SCHED_FIFO, &first));
  attempt("round-robin", sched_setscheduler(0, SCHED_RR, &first));
  attempt("io", syscall(SYS_ioprio_set, 1, 0, 1 << 13));
}

/* Of a descriptor that is not there the kernel says so. It must not have been asked. */
static void kernel_answers(const char* step, long result) {
  observe(step, result);
  if (result < 0 && errno == EBADF) {
    escaped(step);
  }
}

static void flush_disks(char** arguments) {
  (void)arguments;
  kernel_answers("syncfs", syscall(SYS_syncfs, -1));
  kernel_answers("fsync", syscall(SYS_fsync, -1));
  kernel_answers("fdatasync", syscall(SYS_fdatasync, -1));
}

static void drop_shared_cache(char** arguments) {
  (void)arguments;
  kernel_answers("fadvise", syscall(SYS_fadvise64, -1, 0, 0, POSIX_FADV_DONTNEED));
}

/* Compiled filters come out of a store of the whole host. */
static void socket_filter(char** arguments) {
  (void)arguments;
  struct sock_filter accept[] = {{BPF_RET | BPF_K, 0, 0, 0xffff}};
  const struct sock_fprog program = {1, accept};
  const int socket_ = socket(AF_UNIX, SOCK_DGRAM, 0);
  attempt("attach", setsockopt(socket_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
}

static void asynchronous_io(char** arguments) {
  (void)arguments;
  aio_context_t context = 0;
  attempt("io_setup", syscall(SYS_io_setup, 128, &context));
}

static void keys(char** arguments) {
  (void)arguments;
  attempt("add_key", syscall(SYS_add_key, "user", "mark", "text", 4, -4 /* of the user */));
  attempt("request_key", syscall(SYS_request_key, "user", "mark", NULL, -4));
}

const struct verb exhaustion_verbs[] = {{"fork", fork_until_refused},
                                        {"fork-for-ever", fork_for_ever},
                                        {"threads", threads_until_refused},
                                        {"descriptors", descriptors_until_refused},
                                        {"in-flight", descriptors_in_flight},
                                        {"queues", queues_until_refused},
                                        {"timers", timers_until_refused},
                                        {"signals", signals_until_refused},
                                        {"one-of-each", one_of_each},
                                        {"take-all-then-ask", take_all_then_ask},
                                        {"burn", burn_time},
                                        {"half-core", half_core},
                                        {"higher-priority", higher_priority},
                                        {"flush-disks", flush_disks},
                                        {"drop-shared-cache", drop_shared_cache},
                                        {"socket-filter", socket_filter},
                                        {"asynchronous-io", asynchronous_io},
                                        {"keys", keys},
                                        {NULL, NULL}};
