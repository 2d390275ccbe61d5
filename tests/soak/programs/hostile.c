// SPDX-License-Identifier: Apache-2.0
//
// What programs do that mean harm, or act as if. The first argument says which behaviour.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void fork_bomb(void) {
  for (;;) {
    if (fork() < 0) {
      usleep(1000);
    }
  }
}

static void* wait_for_ever(void* nothing) {
  pause();
  return nothing;
}

static _Noreturn void thread_bomb(void) {
  for (;;) {
    pthread_t thread;
    if (pthread_create(&thread, 0, wait_for_ever, 0) != 0) {
      usleep(1000);
    }
  }
}

static _Noreturn void memory_bomb(void) {
  enum { step = 1 << 20 };
  for (;;) {
    char* block = mmap(0, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block != MAP_FAILED) {
      memset(block, 1, step);
    }
  }
}

static _Noreturn void flood(void) {
  static char block[65536];
  memset(block, 'x', sizeof block);
  for (;;) {
    if (write(1, block, sizeof block) < 0 && write(2, block, sizeof block) < 0) {
      pause();
    }
  }
}

/* Nobody may stop it but with SIGKILL. */
static _Noreturn void ignore_signals(void) {
  for (int n = 1; n < 65; ++n) {
    signal(n, SIG_IGN);
  }
  for (volatile long i = 0;; i = i + 1) {
  }
}

static int fill_bytes(void) {
  static char block[65536];
  memset(block, 1, sizeof block);
  const int fd = open("full", O_WRONLY | O_CREAT, 0600);
  while (write(fd, block, sizeof block) > 0) {
  }
  return errno != ENOSPC;
}

static int fill_inodes(void) {
  char name[32];
  for (int i = 0;; ++i) {
    snprintf(name, sizeof name, "i%d", i);
    const int fd = open(name, O_WRONLY | O_CREAT, 0600);
    if (fd < 0) {
      return errno != ENOSPC;
    }
    close(fd);
  }
}

static int daemonise(void) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      for (;;) {
        pause();
      }
    }
    _exit(0);
  }
  wait(0);
  return 0;
}

static int tree(void) {
  mkdir("deep", 0755);
  int at = open("deep", O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < 200; ++i) {
    mkdirat(at, "d", 0700);
    const int next = openat(at, "d", O_RDONLY | O_DIRECTORY);
    close(at);
    at = next;
  }
  close(openat(at, "bottom", O_WRONLY | O_CREAT, 0600));
  mkdir("closed", 0700);
  close(open("closed/file", O_WRONLY | O_CREAT, 0600));
  chmod("closed", 0);
  return symlink("/etc/passwd", "link") + symlink("loop", "loop") + mkfifo("fifo", 0600) +
         close(open("-rf \n\xff", O_WRONLY | O_CREAT, 0)) + link("-rf \n\xff", "hard");
}

static int huge_names(void) {
  char name[256];
  for (int i = 0; i < 200; ++i) {
    memset(name, 1 + i % 46, 255);
    name[255] = '\0';
    snprintf(name, 8, "%d", i);
    name[strlen(name)] = '\xff';
    const int fd = open(name, O_WRONLY | O_CREAT, 0600);
    if (fd < 0) {
      return 1;
    }
    close(fd);
  }
  return 0;
}

static int sockets(void) {
  int pair[2];
  char block[4096] = {0};
  while (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0) {
    while (write(pair[0], block, sizeof block) > 0) {
    }
  }
  return errno != EMFILE;
}

static int timers(void) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
  sigset_t blocked;
  sigfillset(&blocked);
  sigprocmask(SIG_BLOCK, &blocked, 0);
  const struct itimerspec often = {{0, 1000000}, {0, 1000000}};
  timer_t timer;
  for (int i = 0; i < 100000 && timer_create(CLOCK_MONOTONIC, &event, &timer) == 0; ++i) {
    timer_settime(timer, 0, &often, 0);
  }
  return 0;
}

static int queues(void) {
  char name[32];
  for (int i = 0; i < 10000; ++i) {
    snprintf(name, sizeof name, "/q%d", i);
    if (mq_open(name, O_RDWR | O_CREAT | O_NONBLOCK, 0600, 0) == (mqd_t)-1) {
      break;
    }
  }
  return 0;
}

/* Each process is gone before it can be looked at, and has a child by then. */
static _Noreturn void churn(void) {
  if (fork() == 0) {
    setsid();
    for (;;) {
      const pid_t pid = fork();
      if (pid > 0) {
        _exit(0);
      }
    }
  }
  for (;;) {
    pause();
  }
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  if (!strcmp(what, "fork-bomb")) {
    fork_bomb();
  }
  if (!strcmp(what, "thread-bomb")) {
    thread_bomb();
  }
  if (!strcmp(what, "memory-bomb")) {
    memory_bomb();
  }
  if (!strcmp(what, "flood")) {
    flood();
  }
  if (!strcmp(what, "ignore")) {
    ignore_signals();
  }
  if (!strcmp(what, "bytes")) {
    return fill_bytes();
  }
  if (!strcmp(what, "inodes")) {
    return fill_inodes();
  }
  if (!strcmp(what, "daemon")) {
    return daemonise();
  }
  if (!strcmp(what, "tree")) {
    return tree();
  }
  if (!strcmp(what, "names")) {
    return huge_names();
  }
  if (!strcmp(what, "sockets")) {
    return sockets();
  }
  if (!strcmp(what, "timers")) {
    return timers();
  }
  if (!strcmp(what, "queues")) {
    return queues();
  }
  if (!strcmp(what, "churn")) {
    churn();
  }
  if (!strcmp(what, "sleep")) {
    (void)!write(1, "asleep\n", 7);
    for (;;) {
      pause();
    }
  }
  if (!strcmp(what, "stop")) {
    raise(SIGSTOP);
    return 0;
  }
  return 99;
}
