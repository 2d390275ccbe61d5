// SPDX-License-Identifier: Apache-2.0
//
// What most programs do. The first argument says which behaviour; each prints what can be known
// beforehand, so that a run that went wrong in silence is seen.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int compute(void) {
  enum { size = 1 << 20 };
  static char composite[size];
  int primes = 0;
  for (long i = 2; i < size; ++i) {
    if (!composite[i]) {
      ++primes;
      for (long k = i * i; k < size; k += i) {
        composite[k] = 1;
      }
    }
  }
  return printf("%d primes\n", primes) < 0;
}

static int memory(size_t mib) {
  const size_t size = mib << 20;
  unsigned char* block = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) {
    return 4;
  }
  memset(block, 3, size);
  unsigned long sum = 0;
  for (size_t i = 0; i < size; i += 4096) {
    sum += block[i];
  }
  return printf("sum %lu\n", sum) < 0;
}

static int output(long count) {
  for (long i = 0; i < count; ++i) {
    putchar('a' + (int)(i % 26));
  }
  return fflush(stdout) != 0;
}

static int files(int count) {
  char name[32];
  long total = 0;
  for (int i = 0; i < count; ++i) {
    snprintf(name, sizeof name, "file%d", i);
    FILE* file = fopen(name, "w");
    if (file == 0 || fprintf(file, "%d", i) < 0 || fclose(file) != 0) {
      return 5;
    }
  }
  for (int i = 0; i < count; ++i) {
    snprintf(name, sizeof name, "file%d", i);
    FILE* file = fopen(name, "r");
    int value = -1;
    if (file == 0 || fscanf(file, "%d", &value) != 1 || fclose(file) != 0 || remove(name) != 0) {
      return 6;
    }
    total += value;
  }
  FILE* file = fopen("result", "w");
  return file == 0 || fprintf(file, "%ld", total) < 0 || fclose(file) != 0 ||
         printf("total %ld\n", total) < 0;
}

static int children(int count) {
  for (int i = 0; i < count; ++i) {
    const pid_t pid = fork();
    if (pid < 0) {
      return 7;
    }
    if (pid == 0) {
      _exit(i);
    }
  }
  int total = 0;
  int status = 0;
  while (wait(&status) > 0) {
    total += WEXITSTATUS(status);
  }
  return printf("total %d\n", total) < 0;
}

static void* add(void* total) {
  for (int i = 0; i < 1000; ++i) {
    __atomic_add_fetch((long*)total, 1, __ATOMIC_RELAXED);
  }
  return 0;
}

static int threads(int count) {
  pthread_t all[64];
  long total = 0;
  for (int i = 0; i < count; ++i) {
    if (pthread_create(&all[i], 0, add, &total) != 0) {
      return 8;
    }
  }
  for (int i = 0; i < count; ++i) {
    pthread_join(all[i], 0);
  }
  return printf("total %ld\n", total) < 0;
}

static int copy(void) {
  char block[4096];
  size_t size;
  while ((size = fread(block, 1, sizeof block, stdin)) > 0) {
    if (fwrite(block, 1, size, stdout) != size) {
      return 9;
    }
  }
  return fflush(stdout) != 0;
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  const long amount = argc > 2 ? atol(argv[2]) : 0;
  if (!strcmp(what, "exit")) {
    return (int)amount;
  }
  if (!strcmp(what, "compute")) {
    return compute();
  }
  if (!strcmp(what, "memory")) {
    return memory((size_t)amount);
  }
  if (!strcmp(what, "output")) {
    return output(amount);
  }
  if (!strcmp(what, "files")) {
    return files((int)amount);
  }
  if (!strcmp(what, "children")) {
    return children((int)amount);
  }
  if (!strcmp(what, "threads")) {
    return threads((int)amount);
  }
  if (!strcmp(what, "copy")) {
    return copy();
  }
  if (!strcmp(what, "crash")) {
    abort();
  }
  return 99;
}
