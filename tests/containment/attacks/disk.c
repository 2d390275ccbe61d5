/* SPDX-License-Identifier: Apache-2.0
 *
 * More files than a box has room for. */
#include "attack.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>

enum { block_size = 1 << 16, mib = 1 << 20 };

static char block[block_size];

/* With no limit on one file's size in the way, as far as that can be had. */
static void lift_file_size(void) {
  const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
  setrlimit(RLIMIT_FSIZE, &unlimited);
  signal(SIGXFSZ, SIG_IGN);
}

static int create(const char* directory, const char* name) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  const int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (file < 0) {
    unable("create");
  }
  return file;
}

static void fill_bytes(char** arguments) {
  const long wanted = number(arguments, 1, 256) * mib;
  memset(block, 7, sizeof block);
  lift_file_size();
  const int file = create(arguments[0], "big");
  for (long written = 0; written < wanted; written += block_size) {
    if (write(file, block, sizeof block) < 0) {
      observe("write", -1);
      return;
    }
  }
  escaped("all of it was written");
}

static void allocate(char** arguments) {
  lift_file_size();
  const int file = create(arguments[0], "big");
  attempt("fallocate", fallocate(file, 0, 0, number(arguments, 1, 256) * mib));
}

/* A file without blocks that says it is a tebibyte long. */
static void sparse(char** arguments) {
  signal(SIGXFSZ, SIG_IGN);
  attempt("ftruncate", ftruncate(create(arguments[0], "sparse"), 1L << 40));
}

static int make_thing(const char* kind, const char* path) {
  switch (kind[0]) {
  case 'f':
    return mknod(path, S_IFREG | 0600, 0);
  case 's':
    return symlink("/nowhere", path);
  case 'h':
    return link("first", path);
  case 'd':
    return mkdir(path, 0700);
  case 'p':
    return mkfifo(path, 0600);
  default:
    unable("there is no such kind");
  }
}

/* fill-entries DIRECTORY KIND COUNT */
static void fill_entries(char** arguments) {
  if (chdir(arguments[0]) != 0 || mknod("first", S_IFREG | 0600, 0) != 0) {
    unable("first");
  }
  for (long i = 0; i < number(arguments, 2, 20000); ++i) {
    char name[32];
    snprintf(name, sizeof name, "%s-%ld", arguments[1], i);
    if (make_thing(arguments[1], name) != 0) {
      observe("make", -1);
      return;
    }
  }
  escaped("all of them were made");
}

/* Bytes that are in no file's size. */
static void fill_attributes(char** arguments) {
  const long wanted = number(arguments, 1, 64) * mib;
  long written = 0;
  memset(block, 7, sizeof block);
  for (int i = 0; written < wanted; ++i) {
    char name[32];
    snprintf(name, sizeof name, "user.%d", i);
    const int file = i % 16 == 0 ? create(arguments[0], name) : create(arguments[0], "last");
    if (fsetxattr(file, name, block, block_size - 1, 0) != 0) {
      observe("setxattr", -1);
      return;
    }
    close(file);
    written += block_size;
  }
  escaped("all of it was written");
}

/* leave-bytes PATH MIB: stays for the next stage. */
static void leave_bytes(char** arguments) {
  const int file = open(arguments[0], O_WRONLY | O_CREAT | O_TRUNC, 0600);
  for (long left = number(arguments, 1, 16) * mib; left > 0; left -= block_size) {
    if (write(file, block, sizeof block) < 0) {
      observe("write", -1);
      return;
    }
  }
  note("left", "all");
}

const struct verb disk_verbs[] = {{"fill-bytes", fill_bytes},
                                  {"allocate", allocate},
                                  {"sparse", sparse},
                                  {"fill-entries", fill_entries},
                                  {"fill-attributes", fill_attributes},
                                  {"leave-bytes", leave_bytes},
                                  {NULL, NULL}};
