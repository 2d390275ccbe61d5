// SPDX-License-Identifier: Apache-2.0
//
// Uses exactly so much of one thing; ends with 0, or with the errno that it was refused with.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int burn(long ns) {
  struct timespec now;
  do {
    for (volatile int i = 0; i < 1000; i = i + 1) {
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  } while (now.tv_sec * 1000000000L + now.tv_nsec < ns);
  return 0;
}

static int rest(long ns) {
  const struct timespec time = {ns / 1000000000, ns % 1000000000};
  return nanosleep(&time, 0) != 0 ? errno : 0;
}

static int touch(long bytes) {
  char* block = mmap(0, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) {
    return errno;
  }
  memset(block, 1, (size_t)bytes);
  return 0;
}

static int write_to(int file, long bytes) {
  static char block[4096];
  while (bytes > 0) {
    const ssize_t size = bytes < (long)sizeof block ? bytes : (long)sizeof block;
    const ssize_t written = write(file, block, (size_t)size);
    if (written < 0) {
      return errno;
    }
    bytes -= written;
  }
  return 0;
}

static int make_files(long count) {
  char name[32];
  for (long i = 0; i < count; ++i) {
    snprintf(name, sizeof name, "f%ld", i);
    const int file = open(name, O_WRONLY | O_CREAT, 0600);
    if (file < 0) {
      return errno;
    }
    close(file);
  }
  return 0;
}

/* At one time, this one among them. */
static int have_processes(long count) {
  for (long i = 1; i < count; ++i) {
    const pid_t pid = fork();
    if (pid < 0) {
      return errno;
    }
    if (pid == 0) {
      for (;;) {
        pause();
      }
    }
  }
  return 0;
}

/* The three of the beginning among them. */
static int have_descriptors(long count) {
  for (long i = 3; i < count; ++i) {
    if (open("/dev/null", O_RDONLY) < 0) {
      return errno;
    }
  }
  return 0;
}

int main(int argc, char** argv) {
  const char* what = argc > 2 ? argv[1] : "";
  const long amount = argc > 2 ? atol(argv[2]) : 0;
  if (!strcmp(what, "cpu")) {
    return burn(amount);
  }
  if (!strcmp(what, "wall")) {
    return rest(amount);
  }
  if (!strcmp(what, "memory")) {
    return touch(amount);
  }
  if (!strcmp(what, "output")) {
    return write_to(1, amount);
  }
  if (!strcmp(what, "file")) {
    return write_to(open("large", O_WRONLY | O_CREAT, 0600), amount);
  }
  if (!strcmp(what, "inodes")) {
    return make_files(amount);
  }
  if (!strcmp(what, "processes")) {
    return have_processes(amount);
  }
  if (!strcmp(what, "descriptors")) {
    return have_descriptors(amount);
  }
  return 99;
}
