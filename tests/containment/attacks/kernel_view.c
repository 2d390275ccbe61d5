/* SPDX-License-Identifier: Apache-2.0
 *
 * What /proc, /sys and the kernel's own words tell of the host, and what they let change. */
#include "attack.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>

static int is_option(const char* argument) {
  return argument == NULL || strncmp(argument, "--", 2) == 0;
}

/* Processes other than this one and those that the arguments name. */
static void processes(char** arguments) {
  DIR* entries = opendir("/proc");
  if (entries == NULL) {
    unable("opendir /proc");
  }
  for (struct dirent* entry; (entry = readdir(entries)) != NULL;) {
    const int pid = atoi(entry->d_name);
    int known = pid == 0 || pid == getpid();
    for (int i = 0; !is_option(arguments[i]); ++i) {
      known |= pid == atoi(arguments[i]);
    }
    if (!known) {
      escaped(entry->d_name);
    }
  }
  closedir(entries);
}

static long first_word(const char* path) {
  char first[8]; /* some files are read by words only */
  const int file = open(path, O_RDONLY | O_NONBLOCK);
  if (file < 0) {
    return -1;
  }
  const ssize_t size = read(file, first, sizeof first);
  close(file);
  if (size == 0) {
    errno = ENODATA;
  }
  return size > 0 ? 0 : -1;
}

/* Files in which there must be nothing to read. */
static void bytes(char** arguments) {
  for (; !is_option(*arguments); ++arguments) {
    attempt(*arguments, first_word(*arguments));
  }
}

static void open_each(char** arguments, int flags) {
  for (; !is_option(*arguments); ++arguments) {
    const int file = open(*arguments, flags | O_NONBLOCK | O_NOCTTY);
    attempt(*arguments, file);
    close(file);
  }
}

static void open_to_read(char** arguments) {
  open_each(arguments, O_RDONLY);
}

/* Only opened: writing would harm the host where it succeeds. */
static void open_to_write(char** arguments) {
  open_each(arguments, O_WRONLY);
}

/* Another way to what open(2) refuses: the permissions, where the file is the caller's own. */
static void open_after_chmod(char** arguments) {
  for (char** each = arguments; !is_option(*each); ++each) {
    observe("chmod", chmod(*each, 0666));
  }
  open_to_write(arguments);
}

static void write_text(char** arguments) {
  const int file = open(arguments[0], O_WRONLY);
  attempt(arguments[0], file < 0 ? file : write(file, arguments[1], strlen(arguments[1])));
  close(file);
}

/* Directories that must be absent or empty. */
static void list(char** arguments) {
  for (; !is_option(*arguments); ++arguments) {
    DIR* entries = opendir(*arguments);
    long count = 0;
    for (struct dirent* entry; entries && (entry = readdir(entries)) != NULL;) {
      count += entry->d_name[0] != '.';
    }
    if (entries != NULL) {
      errno = ENODATA;
      closedir(entries);
    }
    attempt(*arguments, count > 0 ? count : -1);
  }
}

/* The name is put together here, so that it does not stand in our own memory beforehand. */
static int holds_secret(const char* text, size_t size) {
  char name[32] = "SANDBOX_TEST_";
  strcat(name, "SECRET");
  return memmem(text, size, name, strlen(name)) != NULL;
}

static void look_for_secret(const char* path) {
  static char text[1 << 20];
  const int file = open(path, O_RDONLY);
  const ssize_t size = file < 0 ? file : read(file, text, sizeof text);
  if (size > 0 && holds_secret(text, (size_t)size)) {
    escaped(path);
  }
  close(file);
}

/* The supervisor's environment: inherited by us, or by anybody whom we can read. */
static void secret(char** arguments) {
  (void)arguments;
  DIR* entries = opendir("/proc");
  for (struct dirent* entry; entries && (entry = readdir(entries)) != NULL;) {
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') {
      char path[300];
      snprintf(path, sizeof path, "/proc/%s/environ", entry->d_name);
      look_for_secret(path);
      snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
      look_for_secret(path);
    }
  }
  look_for_secret("/proc/self/environ");
}

/* Where things of the kernel lie: all zero to whom it does not concern. */
static void addresses(char** arguments) {
  char line[512];
  FILE* file = fopen(arguments[0], "r");
  for (int i = 0; file && i < 2000 && fgets(line, sizeof line, file) != NULL; ++i) {
    const char* hex = strstr(line, "0x");
    if (strtoull(hex ? hex : line, NULL, 16) != 0) {
      escaped(line);
      return;
    }
  }
}

/* Page frame numbers, with which memory errors are aimed. */
static void frames(char** arguments) {
  (void)arguments;
  uint64_t entry = 0;
  const int file = open("/proc/self/pagemap", O_RDONLY);
  const off_t at = (off_t)((uintptr_t)&entry / 4096 * sizeof entry);
  if (file < 0 || pread(file, &entry, sizeof entry, at) != sizeof entry) {
    observe("pagemap", -1);
    return;
  }
  if ((entry & ((UINT64_C(1) << 55) - 1)) != 0) {
    escaped("page frame number");
  }
}

static void host_name(char** arguments) {
  struct utsname names;
  uname(&names);
  note("nodename", names.nodename);
  if (strcmp(names.nodename, arguments[0]) != 0) {
    escaped("nodename");
  }
}

static void set_names(char** arguments) {
  (void)arguments;
  attempt("sethostname", sethostname("attacker", 8));
  attempt("setdomainname", setdomainname("attacker", 8));
}

static void kernel_log(char** arguments) {
  char text[64];
  (void)arguments;
  attempt("size", syscall(SYS_syslog, 10, NULL, 0));
  attempt("read-all", syscall(SYS_syslog, 3, text, sizeof text));
  refused("no-such-action", syscall(SYS_syslog, 99, NULL, 0));
}

/* The host's system log. A cage has none: `--control` makes one first. */
static void system_log(char** arguments) {
  struct sockaddr_un log = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
  if (arguments[0] && strcmp(arguments[0], "--control") == 0) {
    bind(socket(AF_UNIX, SOCK_DGRAM, 0), (struct sockaddr*)&log, sizeof log);
  }
  const int ours = socket(AF_UNIX, SOCK_DGRAM, 0);
  attempt("/dev/log", connect(ours, (struct sockaddr*)&log, sizeof log));
  strcpy(log.sun_path, "/run/systemd/journal/dev-log");
  attempt("journal", connect(ours, (struct sockaddr*)&log, sizeof log));
}

/* A crash that leaves its memory in a file, or gives it to whatever the host runs for that. */
static void core(char** arguments) {
  (void)arguments;
  struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  attempt("setrlimit", setrlimit(RLIMIT_CORE, &limit));
  const pid_t child = fork();
  if (child == 0) {
    raise(SIGSEGV);
    _exit(1);
  }
  int status;
  waitpid(child, &status, 0);
  if (WCOREDUMP(status)) {
    escaped("core dumped");
  }
}

static void crash(char** arguments) {
  (void)arguments;
  raise(SIGSEGV);
}

const struct verb kernel_view_verbs[] = {{"processes", processes},
                                         {"bytes", bytes},
                                         {"open", open_to_read},
                                         {"open-to-write", open_to_write},
                                         {"open-after-chmod", open_after_chmod},
                                         {"write-text", write_text},
                                         {"list", list},
                                         {"secret", secret},
                                         {"addresses", addresses},
                                         {"page-frames", frames},
                                         {"host-name", host_name},
                                         {"set-names", set_names},
                                         {"kernel-log", kernel_log},
                                         {"system-log", system_log},
                                         {"core", core},
                                         {"crash", crash},
                                         {NULL, NULL}};
