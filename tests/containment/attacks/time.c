/* SPDX-License-Identifier: Apache-2.0
 *
 * More time than there is, time that nobody counts, and clocks set back. */
#include "attack.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void burn_ms(long ms) {
  const double until = now(CLOCK_THREAD_CPUTIME_ID) + (double)ms / 1e3;
  while (now(CLOCK_THREAD_CPUTIME_ID) < until) {
  }
}

static _Noreturn void burn(void) {
  for (volatile unsigned long i = 0;; ++i) {
  }
}

static _Noreturn void rest(void) {
  for (;;) {
    pause();
  }
}

static void* burning_thread(void* unused) {
  (void)unused;
  burn();
}

static void start_threads(long count) {
  for (long i = 0; i < count; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, burning_thread, NULL) != 0) {
      unable("thread");
    }
  }
}

static void busy(char** arguments) {
  note("busy", "begins");
  start_threads(number(arguments, 0, 1) - 1);
  burn();
}

/* The first thread ends; what is left of the process is not its leader. */
static void busy_without_leader(char** arguments) {
  (void)arguments;
  note("busy", "begins");
  start_threads(1);
  syscall(SYS_exit, 0);
}

/* One whom only the privileged may look at. */
static void busy_undumpable(char** arguments) {
  (void)arguments;
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  note("busy", "begins");
  burn();
}

/* Children burn; the parent waits for them, rests, or has their ends go by unseen. */
static void busy_children(char** arguments) {
  const char* parent = arguments[0];
  note("busy", "begins");
  if (strcmp(parent, "ignores") == 0) {
    signal(SIGCHLD, SIG_IGN);
  }
  for (;;) {
    for (int i = 0; i < 2; ++i) {
      if (fork() == 0) {
        burn_ms(20);
        _exit(0);
      }
    }
    if (strcmp(parent, "rests") == 0) {
      sleep_ms(10);
    } else {
      while (wait(NULL) > 0) {
      }
    }
  }
}

/* An orphan burns its share and ends; nobody of ours has waited for it. The other argument is the
 * signal of its end: with none, few supervisors hear of it. */
static void busy_orphan(char** arguments) {
  const long ms = number(arguments, 0, 150);
  const int signal = (int)number(arguments, 1, SIGCHLD);
  volatile int* done = shared_page();
  const pid_t between = fork();
  if (between == 0) {
    if (syscall(SYS_clone, signal, 0, 0, 0, 0) == 0) {
      burn_ms(ms);
      *done = 1;
    }
    _exit(0);
  }
  waitpid(between, NULL, 0);
  while (!*done) {
    sleep_ms(1);
  }
  sleep_ms(10);
  struct rusage children;
  getrusage(RUSAGE_CHILDREN, &children);
  if (children.ru_utime.tv_sec == 0 && children.ru_utime.tv_usec < ms * 500) {
    note("rusage", "misses it");
  }
}

/* Each process burns less than any limit, and hands over to the next. */
static void busy_chain(char** arguments) {
  (void)arguments;
  note("busy", "begins");
  if (fork() == 0) {
    for (;;) {
      burn_ms(20);
      if (now(CLOCK_PROCESS_CPUTIME_ID) > 0.15) {
        unable("one process burnt it all");
      }
      if (fork() > 0) {
        _exit(0);
      }
    }
  }
  for (;;) {
    sleep_ms(1);
  }
}

/* The same program again and again: what counts by program starts anew. */
static void busy_exec(char** arguments) {
  (void)arguments;
  note("busy", "begins");
  burn_ms(20);
  execl("/proc/self/exe", "attack", "busy-exec", NULL);
  unable("exec");
}

/* Just beyond the limit, and gone with an honest face before anybody looks. */
static void burn_and_go(char** arguments) {
  burn_ms(number(arguments, 0, 200));
}

static void wait_for_nobody(const char* how) {
  int ends[2];
  static int word;
  sigset_t none;
  sigemptyset(&none);
  if (pipe(ends) != 0) {
    unable("pipe");
  }
  if (strcmp(how, "nanosleep") == 0) {
    sleep_ms(1000000);
  } else if (strcmp(how, "select") == 0) {
    select(0, NULL, NULL, NULL, NULL);
  } else if (strcmp(how, "poll") == 0) {
    poll(NULL, 0, -1);
  } else if (strcmp(how, "futex") == 0) {
    syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
  } else if (strcmp(how, "pipe") == 0) {
    char byte;
    observe("read", read(ends[0], &byte, 1));
  } else if (strcmp(how, "fifo") == 0) {
    mkfifo("fifo", 0600);
    observe("open", open("fifo", O_RDONLY));
  } else if (strcmp(how, "signal") == 0) {
    sigsuspend(&none);
  } else if (strcmp(how, "lock") == 0) {
    const int first = open("lock", O_RDWR | O_CREAT, 0600);
    struct flock lock = {.l_type = F_WRLCK};
    fcntl(first, 37 /* F_OFD_SETLK */, &lock);
    fcntl(open("lock", O_RDWR), 38 /* F_OFD_SETLKW */, &lock);
  } else if (strcmp(how, "vfork") == 0) {
    /* The parent waits in the kernel, out of reach of every signal that does not kill. */
    if (syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0) == 0) {
      rest();
    }
  } else {
    pause();
  }
}

static void idle(char** arguments) {
  note("idle", "begins");
  wait_for_nobody(arguments[0]);
  unable("woke up");
}

static void idle_loop(char** arguments) {
  (void)arguments;
  note("idle", "begins");
  for (;;) {
    sleep_ms(1);
  }
}

/* The right answer at once; and then nothing. */
static void answer_and_stay(char** arguments) {
  (void)arguments;
  note("answer", "42");
  close(0);
  close(1);
  close(2);
  rest();
}

static void exit_with(char** arguments) {
  _exit((int)number(arguments, 0, 0));
}

static void kill_self(char** arguments) {
  kill(getpid(), (int)number(arguments, 0, SIGKILL));
  rest();
}

static void killed_by_child(char** arguments) {
  (void)arguments;
  if (fork() == 0) {
    kill(getppid(), SIGKILL);
    _exit(0);
  }
  rest();
}

static void eat(long mib) {
  for (; mib > 0; --mib) {
    char* page = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
      unable("mmap");
    }
    memset(page, 1, 1 << 20);
  }
}

static void eat_memory(char** arguments) {
  eat(number(arguments, 0, 100));
}

/* As one whom the kernel is to spare: it may take process 1 instead. */
static void eat_memory_spared(char** arguments) {
  const int score = open("/proc/self/oom_score_adj", O_WRONLY);
  observe("score", score < 0 ? score : write(score, "0", 1));
  eat(number(arguments, 0, 100));
}

/* The child dies of its hunger; we end as if nothing had happened. */
static void eat_memory_in_child(char** arguments) {
  const pid_t child = fork();
  if (child == 0) {
    eat(number(arguments, 0, 100));
    _exit(0);
  }
  waitpid(child, NULL, 0);
  sleep_ms(5);
}

/* What is asked for is nonsense, so that no clock changes where it is not refused. */
static void set_clocks(char** arguments) {
  (void)arguments;
  const struct timespec time = {0, -1};
  const struct timeval value = {0, -1};
  struct timex nothing = {.modes = 0};
  refused("clock_settime", syscall(SYS_clock_settime, CLOCK_REALTIME, &time));
  refused("settimeofday", syscall(SYS_settimeofday, &value, NULL));
  refused("adjtimex", syscall(SYS_adjtimex, &nothing));
  refused("clock_adjtime", syscall(SYS_clock_adjtime, CLOCK_REALTIME, &nothing));
}

/* A monotonic clock of one's own, set back. */
static void own_clocks(char** arguments) {
  (void)arguments;
  attempt("unshare", unshare(0x80 /* CLONE_NEWTIME */));
  const int offsets = open("/proc/self/timens_offsets", O_WRONLY);
  attempt("offsets", offsets < 0 ? offsets : write(offsets, "monotonic 100 0\n", 16));
}

/* Whoever measures us, slowed down or cut short. */
static void hinder_victim(char** arguments) {
  const pid_t pid = victim();
  const struct sched_param none = {0};
  cpu_set_t first;
  CPU_ZERO(&first);
  CPU_SET(0, &first);
  struct rlimit limit = {64, 64};
  (void)arguments;
  attempt("setpriority", setpriority(PRIO_PROCESS, (id_t)pid, 19));
  attempt("sched_setscheduler", sched_setscheduler(pid, SCHED_IDLE, &none));
  attempt("sched_setaffinity", sched_setaffinity(pid, sizeof first, &first));
  attempt("ioprio_set", syscall(SYS_ioprio_set, 1, pid, 3 << 13));
  attempt("prlimit", syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, &limit, NULL));
}

const struct verb time_verbs[] = {{"busy", busy},
                                  {"busy-without-leader", busy_without_leader},
                                  {"busy-undumpable", busy_undumpable},
                                  {"busy-children", busy_children},
                                  {"busy-orphan", busy_orphan},
                                  {"busy-chain", busy_chain},
                                  {"busy-exec", busy_exec},
                                  {"burn-and-go", burn_and_go},
                                  {"idle", idle},
                                  {"idle-loop", idle_loop},
                                  {"answer-and-stay", answer_and_stay},
                                  {"exit", exit_with},
                                  {"kill-self", kill_self},
                                  {"killed-by-child", killed_by_child},
                                  {"eat-memory", eat_memory},
                                  {"eat-memory-spared", eat_memory_spared},
                                  {"eat-memory-in-child", eat_memory_in_child},
                                  {"set-clocks", set_clocks},
                                  {"own-clocks", own_clocks},
                                  {"hinder-victim", hinder_victim},
                                  {NULL, NULL}};
