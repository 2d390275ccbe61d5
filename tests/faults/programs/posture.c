// SPDX-License-Identifier: Apache-2.0
//
// posture OPEN_FILES FILE_SIZE PROCESSES DISK_BYTES: looks at itself from inside of a box. Exit
// status 0 and "I ran confined" when everything that should hold it does, 10 and the list of what
// is missing otherwise.
// posture eat BYTES: touches that much memory; status 0 when it could.
// posture sleep SECONDS
#define _GNU_SOURCE
#include "posture.h"

#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { confined_status = 0, not_confined_status = 10, program_id = 1000 };

static int missing;

void expect(int holds, const char* format, ...) {
  if (holds) {
    return;
  }
  va_list arguments;
  va_start(arguments, format);
  printf("%s", missing++ == 0 ? "NOT confined: " : "; ");
  vprintf(format, arguments);
  va_end(arguments);
}

size_t read_text(const char* path, char* text, size_t capacity) {
  FILE* file = fopen(path, "re");
  const size_t size = file != NULL ? fread(text, 1, capacity - 1, file) : 0;
  if (file != NULL) {
    fclose(file);
  }
  text[size] = '\0';
  return size;
}

static void check_limit(int resource, rlim_t wanted, const char* name) {
  struct rlimit now = {0, 0};
  expect(getrlimit(resource, &now) == 0 && now.rlim_cur == wanted && now.rlim_max == wanted,
         "RLIMIT_%s is %llu", name, (unsigned long long)now.rlim_max);
}

static void check_limits(rlim_t open_files, rlim_t file_size) {
  check_limit(RLIMIT_NOFILE, open_files, "NOFILE");
  check_limit(RLIMIT_FSIZE, file_size, "FSIZE");
  check_limit(RLIMIT_CORE, 1, "CORE");
  check_limit(RLIMIT_MEMLOCK, 0, "MEMLOCK");
  check_limit(RLIMIT_MSGQUEUE, 64 << 10, "MSGQUEUE");
  check_limit(RLIMIT_SIGPENDING, 1024, "SIGPENDING");
  check_limit(RLIMIT_RTPRIO, 0, "RTPRIO");
  check_limit(RLIMIT_NICE, 0, "NICE");
}

static void check_ids(void) {
  uid_t uid[3];
  gid_t gid[3];
  getresuid(&uid[0], &uid[1], &uid[2]);
  getresgid(&gid[0], &gid[1], &gid[2]);
  for (int i = 0; i < 3; ++i) {
    expect(uid[i] == program_id, "uid %u", uid[i]);
    expect(gid[i] == program_id, "gid %u", gid[i]);
  }
  expect(getgroups(0, NULL) == 0, "%d supplementary groups", getgroups(0, NULL));
  expect(setuid(0) != 0, "setuid(0) works");
}

static void check_signals(void) {
  sigset_t mask;
  sigprocmask(SIG_SETMASK, NULL, &mask);
  for (int n = 1; n < NSIG; ++n) {
    struct sigaction action;
    expect(sigaction(n, NULL, &action) != 0 || action.sa_handler == SIG_DFL,
           "signal %d is not default", n);
    expect(sigismember(&mask, n) != 1, "signal %d is blocked", n);
  }
}

/// The first one is this program itself.
static void check_process_limit(int processes) {
  int ends[2];
  int made = 1;
  if (pipe2(ends, O_CLOEXEC) != 0) {
    expect(0, "no pipe");
    return;
  }
  for (; made <= processes; ++made) {
    const pid_t pid = fork();
    if (pid < 0) {
      break;
    }
    if (pid == 0) {
      char byte;
      close(ends[1]);
      _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }
  }
  close(ends[0]);
  close(ends[1]);
  while (wait(NULL) > 0) {
  }
  expect(made <= processes, "more than %d processes", processes);
}

static void check_disk(unsigned long long disk_bytes) {
  struct statfs about;
  expect(statfs("/box", &about) == 0 &&
             (unsigned long long)about.f_blocks * (unsigned long long)about.f_bsize == disk_bytes,
         "/box is not of the size asked for");
  expect(statfs("/tmp", &about) == 0 && about.f_blocks != 0 && about.f_files != 0,
         "/tmp is not bounded");
}

static int eat(size_t bytes) {
  char* block =
      mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (block == MAP_FAILED) {
    return 1;
  }
  memset(block, 1, bytes);
  printf("ate\n");
  return 0;
}

int main(int argc, char** argv) {
  if (argc == 3 && strcmp(argv[1], "eat") == 0) {
    return eat((size_t)atoll(argv[2]));
  }
  if (argc == 3 && strcmp(argv[1], "sleep") == 0) {
    return (int)sleep((unsigned)atoi(argv[2]));
  }
  if (argc != 5) {
    return 2;
  }
  check_descriptors();
  check_ids();
  check_status();
  check_refusals();
  check_mounts();
  check_host_is_hidden();
  check_network();
  check_groups();
  check_limits((rlim_t)atoll(argv[1]), (rlim_t)atoll(argv[2]));
  check_signals();
  check_process_limit(atoi(argv[3]));
  check_disk((unsigned long long)atoll(argv[4]));
  if (missing != 0) {
    printf("\n");
    return not_confined_status;
  }
  FILE* left = fopen("/box/left", "we");
  if (left == NULL || fputs("left\n", left) < 0 || fclose(left) != 0) {
    return 3;
  }
  printf("I ran confined\n");
  return confined_status;
}
