// SPDX-License-Identifier: Apache-2.0
//
// Uses a known amount of memory and says, in bytes, what that was at its largest: the pages it
// touched, its own few static ones, page tables and kernel stacks. What the kernel keeps of a
// process beside that (some ten KiB) is not in it.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { page = 4096, kernel_stack = 16384, bss_size = 32 << 20, children_count = 4 };

static char in_bss[bss_size];

/* A line of a file of /proc, in bytes; the kernel walks the page tables for these. */
static size_t own_figure(const char* path, const char* key) {
  char line[256];
  size_t kib = 0;
  FILE* file = fopen(path, "r");
  if (file == 0) {
    exit(6);
  }
  while (fgets(line, sizeof line, file) != 0) {
    if (strncmp(line, key, strlen(key)) == 0) {
      kib = strtoul(line + strlen(key), 0, 10);
    }
  }
  fclose(file);
  return kib << 10;
}

static size_t own_bytes(void) {
  return own_figure("/proc/self/smaps_rollup", "Anonymous:") +
         own_figure("/proc/self/status", "VmPTE:") + kernel_stack;
}

static char* map(size_t size) {
  char* block =
      mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (block == MAP_FAILED) {
    exit(4);
  }
  return block;
}

static size_t heap(size_t size) {
  memset(map(size), 1, size);
  return own_bytes();
}

static size_t bss(void) {
  memset(in_bss, 1, sizeof in_bss);
  return own_bytes();
}

static size_t shm(size_t size) {
  const int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
  char* block = shmat(id, 0, 0);
  if (block == (char*)-1) {
    exit(4);
  }
  memset(block, 1, size);
  return size + own_bytes();
}

static size_t fill(int file, size_t size) {
  static char block[page];
  memset(block, 1, sizeof block);
  for (size_t done = 0; done < size; done += sizeof block) {
    if (write(file, block, sizeof block) != (ssize_t)sizeof block) {
      exit(5);
    }
  }
  return size + own_bytes();
}

static size_t fill_path(const char* path, size_t size) {
  return fill(open(path, O_WRONLY | O_CREAT, 0600), size);
}

/* Reading finds the page of zeros: what this takes are tables, one page of them for 2 MiB. */
static size_t tables(size_t size) {
  const size_t span = 2 << 20;
  const size_t whole = size / page * span;
  volatile char* block = map(whole);
  for (size_t at = 0; at < whole; at += span) {
    (void)block[at];
  }
  return own_bytes();
}

static size_t stack(size_t size) {
  volatile char frame[65536];
  memset((char*)frame, 1, sizeof frame);
  const size_t result = size <= sizeof frame ? own_bytes() : stack(size - sizeof frame);
  return result + (frame[7] - 1);
}

static size_t children(size_t size) {
  int ready[2];
  int end[2];
  if (pipe(ready) != 0 || pipe(end) != 0) {
    exit(4);
  }
  for (int i = 0; i < children_count; ++i) {
    if (fork() == 0) {
      char nothing;
      memset(map(size / children_count), 1, size / children_count);
      const size_t used = own_bytes();
      if (write(ready[1], &used, sizeof used) < 0) {
        _exit(5);
      }
      close(end[1]);
      (void)!read(end[0], &nothing, 1);
      _exit(0);
    }
  }
  size_t sum = own_bytes();
  for (int i = 0; i < children_count; ++i) {
    size_t used = 0;
    (void)!read(ready[0], &used, sizeof used);
    sum += used;
  }
  close(end[1]);
  while (wait(0) > 0) {
  }
  return sum;
}

static long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000L + now.tv_nsec;
}

/* Over after 10 ms, or when all of it was touched. */
static size_t spike(size_t size) {
  const size_t tables = size / 512;
  const size_t before = own_bytes();
  const long end = now_ns() + 10000000;
  char* block = map(size);
  memset(block, 1, size);
  while (now_ns() < end) {
    usleep(200);
  }
  munmap(block, size);
  usleep(50000);
  return before + size + tables;
}

int main(int argc, char** argv) {
  const char* what = argc > 2 ? argv[1] : "";
  const size_t size = argc > 2 ? strtoul(argv[2], 0, 10) : 0;
  size_t truth = 0;
  // A huge page would be 2 MiB where one byte was touched.
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
  if (!strcmp(what, "heap")) {
    truth = heap(size);
  } else if (!strcmp(what, "bss")) {
    truth = bss();
  } else if (!strcmp(what, "shm")) {
    truth = shm(size);
  } else if (!strcmp(what, "file")) {
    truth = fill_path(argv[3], size);
  } else if (!strcmp(what, "memfd")) {
    truth = fill(memfd_create("memory", 0), size);
  } else if (!strcmp(what, "tables")) {
    truth = tables(size);
  } else if (!strcmp(what, "stack")) {
    truth = stack(size);
  } else if (!strcmp(what, "children")) {
    truth = children(size);
  } else if (!strcmp(what, "spike")) {
    truth = spike(size);
  } else {
    return 99;
  }
  return printf("%zu\n", truth) < 0;
}
