/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program leaves for whoever touches its files next: the supervisor, or the next stage. */
#include "attack.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

static void write_text(const char* path, const char* text) {
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0 || write(file, text, strlen(text)) < 0 || close(file) != 0) {
    unable(path);
  }
}

/* link PATH TARGET: a link where the supervisor put a file. */
static void replace_by_link(char** arguments) {
  unlink(arguments[0]);
  if (symlink(arguments[1], arguments[0]) != 0) {
    unable("symlink");
  }
}

/* link-parent DIRECTORY TARGET: the directory that held the supervisor's file is elsewhere now. */
static void replace_parent(char** arguments) {
  char away[512];
  snprintf(away, sizeof away, "%s-before", arguments[0]);
  rename(arguments[0], away);
  replace_by_link(arguments);
}

/* links DIRECTORY TARGET: links of every kind. */
static void every_link(char** arguments) {
  static const char* const targets[][2] = {{"to-input", "/proc/self/fd/0"},
                                           {"to-init", "/proc/1/root/etc/passwd"},
                                           {"to-zero", "/dev/zero"},
                                           {"to-random", "/dev/urandom"},
                                           {"dangling", "/nowhere/at/all"},
                                           {"loop", "loop"},
                                           {"relative", "../../../../../../etc/passwd"},
                                           {"to-root", "/"},
                                           {"to-shadow", "/etc/shadow"}};
  if (chdir(arguments[0]) != 0 || symlink(arguments[1], "absolute") != 0) {
    unable("symlink");
  }
  for (size_t i = 0; i < sizeof targets / sizeof *targets; ++i) {
    if (symlink(targets[i][1], targets[i][0]) != 0) {
      unable("symlink");
    }
  }
}

/* Goes on when its parent has ended. */
static void become_daemon(void) {
  if (fork() != 0) {
    _exit(contained_status);
  }
  setsid();
  signal(SIGHUP, SIG_IGN);
  if (fork() != 0) {
    _exit(contained_status);
  }
}

static int wants(char** arguments, const char* word) {
  for (; *arguments; ++arguments) {
    if (strcmp(*arguments, word) == 0) {
      return 1;
    }
  }
  return 0;
}

/* swap DIRECTORY TARGET [stay]: DIRECTORY/place/alone is a file of ours, or one in TARGET, and
 * changes all the time. */
static void swap_for_ever(char** arguments) {
  if (chdir(arguments[0]) != 0 || mkdir("place", 0755) != 0 ||
      symlink(arguments[1], "other") != 0) {
    unable("make place");
  }
  write_text("place/alone", "mine");
  if (!wants(arguments, "stay")) {
    become_daemon();
  }
  for (;;) {
    syscall(SYS_renameat2, AT_FDCWD, "place", AT_FDCWD, "other", RENAME_EXCHANGE);
  }
}

/* change PATH [stay]: a file that is never twice the same, by write and through a mapping. */
static void change_for_ever(char** arguments) {
  const int file = open(arguments[0], O_RDWR | O_CREAT | O_TRUNC, 0644);
  if (ftruncate(file, 1 << 16) != 0) {
    unable("ftruncate");
  }
  volatile char* at = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (!wants(arguments, "stay")) {
    become_daemon();
  }
  for (long i = 0;; ++i) {
    at[i % 4096] = (char)i;
    if (ftruncate(file, 8192 + (i % 7) * 4096) != 0) {
      _exit(1);
    }
  }
}

/* late-writer PATH [wait]: what is there is checked, and only then changed. */
static void late_writer(char** arguments) {
  write_text(arguments[0], "checked");
  if (fork() == 0) {
    usleep(500000);
    write_text(arguments[0], "changed");
    _exit(0);
  }
  if (wants(arguments, "wait")) { /* nobody ends what was left */
    wait(NULL);
    escaped("it was changed after the check");
  }
}

static void listen_at(const char* path) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
  const int socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(socket_, (struct sockaddr*)&name, sizeof name) != 0) {
    unable("bind");
  }
}

/* special DIRECTORY: what is no file, where one is expected. */
static void special_files(char** arguments) {
  if (chdir(arguments[0]) != 0 || mkfifo("fifo", 0666) != 0 || mkdir("directory", 0755) != 0) {
    unable("make");
  }
  listen_at("socket");
  write_text("unreadable", "nobody may read this");
  chmod("unreadable", 0);
}

/* sparse-files DIRECTORY COUNT MIB: nothing on disk, much when it is read. */
static void sparse_files(char** arguments) {
  if (chdir(arguments[0]) != 0) {
    unable("chdir");
  }
  for (long i = 0; i < number(arguments, 1, 1); ++i) {
    char name[32];
    snprintf(name, sizeof name, "sparse-%ld", i);
    const int file = open(name, O_WRONLY | O_CREAT, 0644);
    if (ftruncate(file, number(arguments, 2, 1 << 20) << 20) != 0) {
      observe("ftruncate", -1);
      return;
    }
    close(file);
  }
}

static char long_name[256];

/* Each file holds the number of its name. */
static const char* const names[] = {"line\nbreak",
                                    "a\nverdict: ok",
                                    "-rf",
                                    "--help",
                                    "..\xe2\x80\xae",
                                    "...",
                                    ".hidden",
                                    " ",
                                    "a b",
                                    "\xff\xfe\x80",
                                    "\xed\xa0\x80",
                                    "*",
                                    "[a-z]",
                                    "$(id)",
                                    "`id`",
                                    "a;b|c&d",
                                    "quote\"s'",
                                    "back\\slash",
                                    "..\\..\\up",
                                    "C:\\x",
                                    "%s%n%2e%2e",
                                    "\x1b[2J\x07",
                                    "\x7f",
                                    "CASE",
                                    "case",
                                    "\xcc\x81",
                                    "result.json",
                                    "@file",
                                    "#",
                                    "~root",
                                    long_name};

static void hostile_names(char** arguments) {
  memset(long_name, 'n', sizeof long_name - 1);
  if (chdir(arguments[0]) != 0) {
    unable("chdir");
  }
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    char text[16];
    snprintf(text, sizeof text, "%zu", i);
    write_text(names[i], text);
  }
}

/* many DIRECTORY COUNT */
static void many_files(char** arguments) {
  if (chdir(arguments[0]) != 0) {
    unable("chdir");
  }
  for (long i = 0; i < number(arguments, 1, 100000); ++i) {
    char name[64];
    snprintf(name, sizeof name, "file-%040ld", i);
    if (mknod(name, S_IFREG | 0644, 0) != 0) {
      unable("mknod");
    }
  }
}

/* deep DIRECTORY LEVELS: deeper than a path may be long. */
static void deep_tree(char** arguments) {
  if (chdir(arguments[0]) != 0) {
    unable("chdir");
  }
  for (long i = 0; i < number(arguments, 1, 10000); ++i) {
    if (mkdir("d", 0755) != 0 || chdir("d") != 0) {
      unable("mkdir");
    }
  }
  write_text("bottom", "bottom");
}

/* closed DIRECTORY: trees that not even their owner may list, search or change. */
static void closed_trees(char** arguments) {
  static const mode_t modes[] = {0, 0100, 0400, 0200, 0500, 01000, 02000};
  if (chdir(arguments[0]) != 0) {
    unable("chdir");
  }
  for (size_t i = 0; i < sizeof modes / sizeof *modes; ++i) {
    char name[32];
    char inner[64];
    snprintf(name, sizeof name, "closed-%zu", i);
    snprintf(inner, sizeof inner, "%s/inner", name);
    if (mkdir(name, 0755) != 0 || mkdir(inner, 0755) != 0) {
      unable("mkdir");
    }
    snprintf(inner, sizeof inner, "%s/inner/file", name);
    write_text(inner, "closed");
    chmod(inner, 0);
    snprintf(inner, sizeof inner, "%s/inner", name);
    if (chmod(inner, modes[i]) != 0 || chmod(name, modes[i]) != 0) {
      unable("chmod");
    }
  }
  chmod(".", 0);
}

/* What the next box may find of this one. */
static void change_tools(char** arguments) {
  for (; *arguments && strncmp(*arguments, "--", 2) != 0; ++arguments) {
    attempt("write", open(*arguments, O_WRONLY));
    char beside[512];
    snprintf(beside, sizeof beside, "%s.other", *arguments);
    attempt("rename", rename(*arguments, beside));
    attempt("create", open(beside, O_WRONLY | O_CREAT | O_EXCL, 0755));
  }
}

static struct sockaddr_un smugglers_name(socklen_t* size) {
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0smuggle"};
  *size = sizeof name.sun_family + 8;
  return name;
}

static int listen_for_smugglers(void) {
  socklen_t size;
  const struct sockaddr_un name = smugglers_name(&size);
  const int socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(socket_, (const struct sockaddr*)&name, size) != 0 || listen(socket_, 1) != 0) {
    unable("bind");
  }
  return socket_;
}

/* Waits for another box to take a descriptor. */
static void wait_for_smuggler(int socket_) {
  alarm(30);
  attempt("accept", accept(socket_, NULL, NULL));
}

static void smuggle_out(char** arguments) {
  (void)arguments;
  wait_for_smuggler(listen_for_smugglers());
}

static void smuggle_in(char** arguments) {
  (void)arguments;
  socklen_t size;
  const struct sockaddr_un name = smugglers_name(&size);
  const int socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
  attempt("connect", connect(socket_, (const struct sockaddr*)&name, size));
}

static void smuggle_both(char** arguments) {
  const int socket_ = listen_for_smugglers();
  if (fork() == 0) {
    wait_for_smuggler(socket_);
    _exit(0);
  }
  smuggle_in(arguments);
}

const struct verb leaving_verbs[] = {{"replace-by-link", replace_by_link},
                                     {"replace-parent", replace_parent},
                                     {"every-link", every_link},
                                     {"swap", swap_for_ever},
                                     {"change", change_for_ever},
                                     {"late-writer", late_writer},
                                     {"special-files", special_files},
                                     {"sparse-files", sparse_files},
                                     {"hostile-names", hostile_names},
                                     {"many-files", many_files},
                                     {"deep-tree", deep_tree},
                                     {"closed-trees", closed_trees},
                                     {"change-tools", change_tools},
                                     {"smuggle-out", smuggle_out},
                                     {"smuggle-in", smuggle_in},
                                     {"smuggle-both", smuggle_both},
                                     {NULL, NULL}};
