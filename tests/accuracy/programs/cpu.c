// SPDX-License-Identifier: Apache-2.0
//
// Uses a known amount of CPU time and says, in nanoseconds, what the clocks of its processes show.
// What a process uses after it has looked at its clock, to end, is not in that.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { processes = 4 };

/* Shared by all processes: what each of them has used. */
static volatile long* used;

static long clock_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000000000L + now.tv_nsec;
}

static long own_ns(void) {
  return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

static void share(int file) {
  const int flags = file < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
  used = mmap(0, 4096, PROT_READ | PROT_WRITE, flags, file, 0);
  if (used == MAP_FAILED) {
    exit(4);
  }
}

static void spin(clockid_t clock, long ns) {
  while (clock_ns(clock) < ns) {
    for (volatile int i = 0; i < 1000; i = i + 1) {
    }
  }
}

static void* spin_thread(void* ns) {
  spin(CLOCK_THREAD_CPUTIME_ID, *(long*)ns);
  return 0;
}

static void threads(long ns) {
  pthread_t all[processes];
  long each = ns / processes;
  for (int i = 0; i < processes; ++i) {
    if (pthread_create(&all[i], 0, spin_thread, &each) != 0) {
      exit(4);
    }
  }
  for (int i = 0; i < processes; ++i) {
    pthread_join(all[i], 0);
  }
}

static _Noreturn void end_as(int number) {
  used[number] = own_ns();
  _exit(0);
}

static void children(long ns) {
  for (int i = 1; i <= processes; ++i) {
    if (fork() == 0) {
      spin(CLOCK_PROCESS_CPUTIME_ID, ns / processes);
      end_as(i);
    }
  }
  while (wait(0) > 0) {
  }
}

/* Their parents are gone: nobody of the program waits for them. */
static void grandchildren(long ns) {
  for (int i = 1; i <= processes; ++i) {
    if (fork() == 0) {
      if (fork() == 0) {
        spin(CLOCK_PROCESS_CPUTIME_ID, ns / processes);
        end_as(i);
      }
      end_as(processes + i);
    }
  }
  while (wait(0) > 0) {
  }
  for (int i = 1; i <= processes; ++i) {
    while (used[i] == 0) {
      usleep(1000);
    }
  }
}

/* One goes on until it is killed; the file keeps what it had used by then. */
static void killed_orphan(long ns) {
  if (fork() == 0) {
    for (;;) {
      used[1] = own_ns();
    }
  }
  while (used[1] < ns) {
    usleep(1000);
  }
}

static void system_random(long ns) {
  static char block[65536];
  while (own_ns() < ns) {
    (void)!getrandom(block, sizeof block, 0);
  }
}

static void system_zero(long ns) {
  static char block[65536];
  const int zero = open("/dev/zero", O_RDONLY);
  while (own_ns() < ns) {
    (void)!read(zero, block, sizeof block);
  }
}

static void system_stat(long ns) {
  struct stat about;
  while (own_ns() < ns) {
    for (int i = 0; i < 100; ++i) {
      stat("/usr/bin/none/such", &about);
    }
  }
}

int main(int argc, char** argv) {
  const char* what = argc > 2 ? argv[1] : "";
  const long ns = argc > 2 ? atol(argv[2]) : 0;
  const int killed = !strcmp(what, "killed-orphan");
  const int file = killed ? open("used", O_RDWR | O_CREAT, 0600) : -1;
  if (killed && ftruncate(file, 4096) != 0) {
    return 4;
  }
  share(file);
  if (!strcmp(what, "loop")) {
    spin(CLOCK_PROCESS_CPUTIME_ID, ns);
  } else if (!strcmp(what, "threads")) {
    threads(ns);
  } else if (!strcmp(what, "children")) {
    children(ns);
  } else if (!strcmp(what, "grandchildren")) {
    grandchildren(ns);
  } else if (killed) {
    killed_orphan(ns);
  } else if (!strcmp(what, "random")) {
    system_random(ns);
  } else if (!strcmp(what, "zero")) {
    system_zero(ns);
  } else if (!strcmp(what, "stat")) {
    system_stat(ns);
  } else {
    return 99;
  }
  used[0] = own_ns();
  if (killed) {
    return 0;
  }
  long sum = 0;
  for (int i = 0; i <= 2 * processes; ++i) {
    sum += used[i];
  }
  return printf("%ld\n", sum) < 0;
}
