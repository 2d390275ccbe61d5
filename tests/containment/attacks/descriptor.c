/* SPDX-License-Identifier: Apache-2.0
 *
 * Open descriptors, the program's own streams, and what can be said over them in another's name. */
#include "attack.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

enum { first_other = 3, last_other = 1023 };

static void listed_descriptors(char** arguments) {
  (void)arguments;
  DIR* open_ones = opendir("/proc/self/fd");
  if (open_ones == NULL) {
    unable("opendir");
  }
  for (struct dirent* entry; (entry = readdir(open_ones)) != NULL;) {
    const int fd = atoi(entry->d_name);
    if (fd >= first_other && fd != dirfd(open_ones)) {
      escaped(entry->d_name);
    }
  }
}

/* A report for whoever reads at the other end. */
static void speak_on_descriptors(char** arguments) {
  (void)arguments;
  static const char report[] = "{\"verdict\": \"ok\"}\n";
  signal(SIGPIPE, SIG_IGN); /* a pipe that nobody reads any more is no reason to stop */
  for (int fd = first_other; fd <= last_other; ++fd) {
    if (write(fd, report, sizeof report - 1) > 0) {
      escaped("somebody listens");
    }
  }
}

/* open-then VERB: as if the supervisor had left two descriptors open. */
static void open_then(char** arguments) {
  int ends[2];
  if (pipe(ends) != 0) {
    unable("pipe");
  }
  if (strcmp(arguments[0], "list") == 0) {
    listed_descriptors(arguments + 1);
  } else {
    speak_on_descriptors(arguments + 1);
  }
}

static void read_descriptor(char** arguments) {
  char byte;
  attempt("read", pread((int)number(arguments, 0, 17), &byte, 1, 0));
}

/* What is said on the streams is output and nothing else. */
static const char claims[] = "\nverdict: ok\ntimelimit exceeded\nstatus:OK\nexitcode:0\n"
                             "{\"verdict\":\"ok\",\"exit_code\":0}\n"
                             "{\"stages\":[{\"verdict\":\"ok\"}]}\n\0\x04\x1a";

static void claim(char** arguments) {
  write(STDOUT_FILENO, claims, sizeof claims - 1);
  write(STDERR_FILENO, claims, sizeof claims - 1);
  _exit((int)number(arguments, 0, 3));
}

/* Files that look like somebody's record of this run. */
static void leave_results(char** arguments) {
  static const char* const places[] = {"/box", "/tmp", "/dev/shm", "."};
  static const char* const files[] = {"result.json", "meta.txt", "metadata.txt", "status",
                                      "verdict",     "report",   "stdout",       "cpu.stat"};
  for (size_t i = 0; i < sizeof places / sizeof *places; ++i) {
    for (size_t k = 0; k < sizeof files / sizeof *files; ++k) {
      char path[128];
      snprintf(path, sizeof path, "%s/%s", places[i], files[k]);
      const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
      write(file, claims, sizeof claims - 1);
      close(file);
    }
  }
  _exit((int)number(arguments, 0, 3));
}

static void exit_with(char** arguments) {
  _exit((int)number(arguments, 0, 0));
}

/* The file that is our input, opened anew for writing. */
static void change_input(char** arguments) {
  (void)arguments;
  const int again = open("/proc/self/fd/0", O_RDWR);
  observe("open", again);
  const int file = again < 0 ? 0 : again;
  attempt("truncate", ftruncate(file, 0));
  attempt("pwrite", pwrite(file, "mine", 4, 0));
  observe("chmod", fchmod(file, 0777));
}

/* The streams of init are those of whoever asks it. */
static void streams_of_init(char** arguments) {
  (void)arguments;
  for (int fd = 0; fd < 16; ++fd) {
    char path[64];
    snprintf(path, sizeof path, "/proc/1/fd/%d", fd);
    attempt(path, open(path, O_WRONLY | O_NONBLOCK));
  }
}

/* Frames of the streams that a supervisor may have around ours: of an engine's attached stream (8
 * bytes), and of our own init (length, type). */
static void frames(char** arguments) {
  (void)arguments;
  static const unsigned char engine[] = {2,   0,   0, 0, 0, 0, 0,    4,    'f',  'a',
                                         'k', 'e', 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};
  write(STDOUT_FILENO, engine, sizeof engine);
  for (unsigned type = 0; type < 64; ++type) {
    const unsigned char ours[] = {4, 0, 0, 0, (unsigned char)type, 0, 0, 0, 1, 2, 3, 4};
    write(STDOUT_FILENO, ours, sizeof ours);
  }
}

static void write_all(int fd, const char* bytes, size_t size) {
  while (size > 0) {
    const long written = write(fd, bytes, size);
    if (written < 0) {
      _exit(contained_status);
    }
    bytes += written;
    size -= (size_t)written;
  }
}

/* flood STREAMS MIB: 1, 2, or 3 for both. */
static void flood(char** arguments) {
  static char block[1 << 16];
  const long streams = number(arguments, 0, 1);
  memset(block, 'x', sizeof block);
  for (long left = number(arguments, 1, 64) * 16; left > 0; --left) {
    if (streams & 1) {
      write_all(STDOUT_FILENO, block, sizeof block);
    }
    if (streams & 2) {
      write_all(STDERR_FILENO, block, sizeof block);
    }
  }
  escaped("all of it was taken");
}

/* Every byte value, no end of line, a byte that begins a character and none that ends it. */
static void every_byte(char** arguments) {
  static char line[1 << 16];
  for (size_t i = 0; i < sizeof line; ++i) {
    line[i] = (char)(i % 10 == 9 ? 0 : i % 256 == '\n' ? 0xff : i);
  }
  for (long left = number(arguments, 0, 1024) / 64; left > 0; --left) {
    write_all(STDOUT_FILENO, line, sizeof line);
  }
  write_all(STDOUT_FILENO, "\xf0\x9f", 2);
  _exit(contained_status);
}

static void single_bytes(char** arguments) {
  for (long left = number(arguments, 0, 20000); left > 0; --left) {
    write_all(STDOUT_FILENO, "1", 1);
  }
  _exit(contained_status);
}

/* A byte now and then, so that there is always something to wait for. */
static void drip(char** arguments) {
  const struct timespec moment = {0, 5000000};
  for (long left = number(arguments, 0, 400); left > 0; --left) {
    write_all(STDOUT_FILENO, "1", 1);
    nanosleep(&moment, NULL);
  }
  escaped("it went on for long");
}

static void close_streams(char** arguments) {
  (void)arguments;
  close(STDIN_FILENO);
  close(STDOUT_FILENO);
  close(STDERR_FILENO);
  sleep((unsigned)number(arguments, 0, 0));
  _exit(contained_status);
}

static void never_read(char** arguments) {
  sleep((unsigned)number(arguments, 0, 2));
  escaped("it slept as long as it liked");
}

const struct verb descriptor_verbs[] = {{"listed-descriptors", listed_descriptors},
                                        {"speak-on-descriptors", speak_on_descriptors},
                                        {"open-then", open_then},
                                        {"read-descriptor", read_descriptor},
                                        {"claim", claim},
                                        {"leave-results", leave_results},
                                        {"exit-with", exit_with},
                                        {"change-input", change_input},
                                        {"streams-of-init", streams_of_init},
                                        {"framed-output", frames},
                                        {"flood", flood},
                                        {"every-byte", every_byte},
                                        {"single-bytes", single_bytes},
                                        {"drip", drip},
                                        {"close-streams", close_streams},
                                        {"never-read", never_read},
                                        {NULL, NULL}};
