/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals to others, processes that stay, and the order of processes that a supervisor relies on.
 */
#include "attack.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

static int is(char** arguments, const char* word) {
  return arguments[0] != NULL && strcmp(arguments[0], word) == 0;
}

/* SIGSTOP to a bystander of a cage takes effect; process 1 of a box must not even be asked. */
static void signal_victim(char** arguments) {
  const pid_t pid = victim();
  const int signal = (int)number(arguments, 0, SIGSTOP);
  const int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  siginfo_t info = {.si_code = SI_QUEUE};
  attempt("kill", syscall(SYS_kill, pid, signal));
  attempt("tkill", syscall(SYS_tkill, pid, signal));
  attempt("tgkill", syscall(SYS_tgkill, pid, pid, signal));
  attempt("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, pid, signal, &info));
  attempt("rt_tgsigqueueinfo", syscall(SYS_rt_tgsigqueueinfo, pid, pid, signal, &info));
  attempt("pidfd_send_signal", syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
}

static void signal_all(char** arguments) {
  (void)arguments;
  attempt("kill(-1)", kill(-1, SIGKILL));
}

/* A signal that the kernel sends in our name when a pipe has something to read. */
static void signal_by_owner(char** arguments) {
  int ends[2];
  if (pipe(ends) != 0) {
    unable("pipe");
  }
  observe("owner", fcntl(ends[0], F_SETOWN, is(arguments, "self") ? getpid() : victim()));
  observe("signal", fcntl(ends[0], F_SETSIG, SIGALRM));
  observe("flags", fcntl(ends[0], F_SETFL, O_ASYNC));
  for (int i = 0; i < 100; ++i) {
    char byte = 0;
    if (write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1) {
      unable("pipe");
    }
  }
  sleep_ms(20);
}

/* A child of our parent's: who takes the first end that it hears of for ours is fooled. On a
 * careless kernel its end would be told by a signal of our choice. */
static void give_parent_a_child(void) {
  const long child = syscall(SYS_clone, CLONE_PARENT | SIGALRM, 0, 0, 0, 0);
  if (child == 0) {
    _exit(7);
  }
  observe("clone", child);
  sleep_ms(30);
}

static void clone_parent(char** arguments) {
  if (!is(arguments, "naive")) {
    give_parent_a_child();
    return;
  }
  if (fork() == 0) {
    give_parent_a_child();
    _exit(0);
  }
  int status;
  if (wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 7) {
    escaped("another's status taken for ours");
  }
}

/* Two forks and a session of its own: nobody's child, nobody's group. */
static void start_daemon(void (*work)(volatile int*), volatile int* shared) {
  const pid_t between = fork();
  if (between == 0) {
    setsid();
    if (fork() == 0) {
      work(shared);
    }
    _exit(0);
  }
  waitpid(between, NULL, 0);
}

static void beat(volatile int* beats) {
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  const int file = open("heart", O_WRONLY | O_CREAT | O_APPEND, 0644);
  for (;;) {
    *beats += (int)write(file, "x", 1);
    sleep_ms(1);
  }
}

/* As one that ends while its daemon works on; `naive` sees whether it does. */
static void leave_daemon(char** arguments) {
  volatile int* beats = shared_page();
  if (!is(arguments, "naive")) {
    start_daemon(beat, beats);
    while (*beats < 3) {
      sleep_ms(1);
    }
    return;
  }
  const pid_t main_process = fork();
  if (main_process == 0) {
    start_daemon(beat, beats);
    _exit(0);
  }
  waitpid(main_process, NULL, 0);
  kill(-main_process, SIGKILL);
  sleep_ms(20);
  const int then = *beats;
  sleep_ms(50);
  if (*beats > then) {
    escaped("works on");
  }
}

static void hold_output(volatile int* ready) {
  for (*ready = 1;;) {
    sleep_ms(5);
    if (*ready == 2 && write(STDOUT_FILENO, "late\n", 5) != 5) {
      sleep_ms(5);
    }
  }
}

/* The orphan keeps standard output open and writes to it when we are gone. */
static void leave_writer(char** arguments) {
  volatile int* ready = shared_page();
  int ends[2];
  if (is(arguments, "naive")) {
    if (pipe(ends) != 0) {
      unable("pipe");
    }
    const int out = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    start_daemon(hold_output, ready);
    dup2(out, STDOUT_FILENO);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    sleep_ms(100);
    char byte;
    attempt("end-of-output", read(ends[0], &byte, 1) < 0 && errno == EAGAIN ? 0 : -1);
    return;
  }
  start_daemon(hold_output, ready);
  while (!*ready) {
    sleep_ms(1);
  }
  note("main", "ends");
  *ready = 2;
}

static void ignore_all(void) {
  for (int signal = 1; signal < 65; ++signal) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(signal, &ignore, NULL);
  }
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
}

/* Deaf to every polite request to end. */
static void be_deaf(char** arguments) {
  if (is(arguments, "naive")) {
    const pid_t child = fork();
    if (child == 0) {
      ignore_all();
      for (;;) {
        pause();
      }
    }
    sleep_ms(20);
    for (int signal = 1; signal < 32; ++signal) {
      if (signal != SIGKILL && signal != SIGSTOP) {
        kill(child, signal);
      }
    }
    sleep_ms(20);
    attempt("still-there", waitpid(child, NULL, WNOHANG) == 0 ? 0 : -1);
    kill(child, SIGKILL);
    return;
  }
  ignore_all();
  note("deaf", "begins");
  for (;;) {
    pause();
  }
}

static void stop_self(char** arguments) {
  (void)arguments;
  note("stop", "begins");
  kill(getpid(), SIGSTOP);
  unable("went on");
}

/* A child that stands still, and a parent that waits for its end. */
static void stop_child(char** arguments) {
  (void)arguments;
  note("stop-child", "begins");
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    kill(getpid(), SIGTSTP);
    _exit(0);
  }
  int status;
  waitpid(child, &status, WUNTRACED);
  attempt("waited", waitpid(child, &status, 0) == child ? 0 : -1);
}

/* Each process makes the next and ends, out of every group: whoever kills by a list is late. */
static void chain(volatile int* links) {
  for (;;) {
    setpgid(0, 0);
    const pid_t next = fork();
    if (next > 0) {
      _exit(0);
    }
    *links += 1;
  }
}

static void run_chain(char** arguments) {
  volatile int* links = shared_page();
  const pid_t first = fork();
  if (first == 0) {
    chain(links);
  }
  while (*links < 20) {
    sleep_ms(1);
  }
  note("chain", "begins");
  if (is(arguments, "naive")) {
    kill(first, SIGKILL);
    kill(-first, SIGKILL);
    const int then = *links;
    sleep_ms(30);
    attempt("chain-goes-on", *links > then ? 0 : -1);
    return;
  }
  if (is(arguments, "leave")) {
    return;
  }
  for (;;) {
    pause();
  }
}

/* The dead that nobody counts: each is a process all the same. */
static void zombies(char** arguments) {
  const long wanted = number(arguments, 0, 200);
  long made = 0;
  for (pid_t child; made < wanted && (child = fork()) >= 0; ++made) {
    if (child == 0) {
      _exit(0);
    }
  }
  attempt("zombies", made == wanted ? made : -1);
}

static void make_orphan(int flags) {
  const pid_t between = fork();
  if (between == 0) {
    if (syscall(SYS_clone, flags, 0, 0, 0, 0) >= 0) {
      _exit(0);
    }
    _exit(errno == EAGAIN ? 1 : 2);
  }
  int status = 1;
  waitpid(between, &status, 0);
  if (between < 0 || status != 0) {
    sleep_ms(5);
  }
}

/* Orphans end by the hundred: process 1 has to bury them, or there is soon no room for another. The
 * signal of their end may be none. */
static void orphans(char** arguments) {
  const long wanted = number(arguments, 0, 300);
  const int flags = (int)number(arguments, 1, SIGCHLD);
  for (long i = 0; i < wanted; ++i) {
    make_orphan(flags);
  }
  for (int i = 0; i < 100; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      _exit(0);
    }
    if (child > 0) {
      waitpid(child, NULL, 0);
      return;
    }
    sleep_ms(5);
  }
  escaped("no room is left");
}

/* Into the process group of who started us, which a terminal or a signal treats as one. */
static void join_group(char** arguments) {
  if (is(arguments, "naive")) {
    if (fork() == 0) {
      setpgid(0, 0);
      _exit(setpgid(0, getppid()) == 0 ? 0 : 1);
    }
    int status = 1;
    wait(&status);
    attempt("joined", status == 0 ? 0 : -1);
    return;
  }
  observe("group-of-init", getpgid(1));
  attempt("join-init", setpgid(0, 1));
  attempt("move-init", setpgid(1, getpid()));
  attempt("session-of-init", getsid(1) > 1 && getsid(1) != getpid() ? 0 : -1);
  attempt("foreground", tcsetpgrp(0, getpgrp()));
}

static void stop_own_group(void) {
  signal(SIGTTIN, SIG_IGN);
  signal(SIGTTOU, SIG_IGN);
  kill(0, SIGTTIN);
  kill(0, SIGTTOU);
}

/* Stops whoever shares our group, but us. */
static void stop_group(char** arguments) {
  if (!is(arguments, "naive")) {
    stop_own_group();
    return;
  }
  const pid_t supervisor = fork();
  if (supervisor == 0) {
    setpgid(0, 0);
    if (fork() == 0) {
      stop_own_group();
      _exit(0);
    }
    wait(NULL);
    _exit(0);
  }
  int status;
  waitpid(supervisor, &status, WUNTRACED);
  attempt("supervisor-stopped", WIFSTOPPED(status) ? 0 : -1);
  kill(supervisor, SIGKILL);
}

/* What a careless caller leaves to us: ignored and blocked signals. */
static void dispositions(char** arguments) {
  if (is(arguments, "naive")) {
    ignore_all();
    execl("/proc/self/exe", "attack", "dispositions", NULL);
    unable("exec");
  }
  sigset_t blocked;
  sigprocmask(SIG_SETMASK, NULL, &blocked);
  for (int signal = 1; signal < 65; ++signal) {
    struct sigaction action;
    if (sigaction(signal, NULL, &action) == 0 && action.sa_handler != SIG_DFL) {
      escaped("ignored");
    }
    if (sigismember(&blocked, signal) == 1) {
      escaped("blocked");
    }
  }
}

const struct verb process_verbs[] = {{"signal-victim", signal_victim},
                                     {"signal-all", signal_all},
                                     {"signal-by-owner", signal_by_owner},
                                     {"clone-parent", clone_parent},
                                     {"leave-daemon", leave_daemon},
                                     {"leave-writer", leave_writer},
                                     {"be-deaf", be_deaf},
                                     {"stop-self", stop_self},
                                     {"stop-child", stop_child},
                                     {"chain", run_chain},
                                     {"zombies", zombies},
                                     {"orphans", orphans},
                                     {"join-group", join_group},
                                     {"stop-group", stop_group},
                                     {"dispositions", dispositions},
                                     {NULL, NULL}};
