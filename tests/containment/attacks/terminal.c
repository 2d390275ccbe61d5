/* SPDX-License-Identifier: Apache-2.0
 *
 * Into the terminal of who started us. */
#include "attack.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>

enum { linux_console = 0x541C /* TIOCLINUX, which the C library hides */ };

static int terminals(int* found) {
  int count = 0;
  for (int fd = 0; fd < 3; ++fd) {
    found[count++] = fd;
  }
  const int own = open("/dev/tty", O_RDWR);
  observe("/dev/tty", own);
  if (own >= 0) {
    escaped("/dev/tty");
    found[count++] = own;
  }
  return count;
}

/* On what is no terminal the kernel says ENOTTY: the request went through. */
static void request(const char* step, unsigned long number, void* argument) {
  int fds[4];
  const int count = terminals(fds);
  for (int i = 0; i < count; ++i) {
    refused(step, syscall(SYS_ioctl, fds[i], number, argument));
  }
}

static void type(char** arguments) {
  (void)arguments;
  request("TIOCSTI", TIOCSTI, "x");
}

/* The kernel drops the upper half of a request; a filter that compares all of it does not. */
static void type_with_high_bits(char** arguments) {
  (void)arguments;
  request("TIOCSTI", TIOCSTI + (0x123UL << 32), "x");
}

static void paste(char** arguments) {
  (void)arguments;
  char subcode = 3; /* TIOCL_PASTESEL */
  request("TIOCLINUX", linux_console, &subcode);
}

static void set_discipline(char** arguments) {
  (void)arguments;
  int discipline = 0; /* N_TTY */
  request("TIOCSETD", TIOCSETD, &discipline);
}

/* Harmless where there is none: it must only find none. */
static void control_terminal(char** arguments) {
  (void)arguments;
  int group = getpgrp();
  struct winsize size;
  signal(SIGHUP, SIG_IGN);
  signal(SIGTTOU, SIG_IGN);
  for (int fd = 0; fd < 3; ++fd) {
    attempt("TIOCGWINSZ", ioctl(fd, TIOCGWINSZ, &size));
    attempt("TIOCSPGRP", ioctl(fd, TIOCSPGRP, &group));
    attempt("TIOCNOTTY", ioctl(fd, TIOCNOTTY, 0));
    attempt("TIOCSCTTY", ioctl(fd, TIOCSCTTY, 0));
  }
}

/* Terminals come from a number that all of the host shares. */
static void new_terminals(char** arguments) {
  (void)arguments;
  attempt("/dev/ptmx", open("/dev/ptmx", O_RDWR | O_NOCTTY));
  attempt("/dev/pts/ptmx", open("/dev/pts/ptmx", O_RDWR | O_NOCTTY));
}

const struct verb terminal_verbs[] = {{"type", type},
                                      {"type-with-high-bits", type_with_high_bits},
                                      {"paste", paste},
                                      {"set-discipline", set_discipline},
                                      {"control-terminal", control_terminal},
                                      {"new-terminals", new_terminals},
                                      {NULL, NULL}};
