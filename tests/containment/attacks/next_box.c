/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be left for the next box in the same place, and how it would find it. */
#include "attack.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>

static void leave_mark(char** arguments) {
  observe("leave", open(arguments[0], O_WRONLY | O_CREAT | O_EXCL, 0666));
}

static void find_mark(char** arguments) {
  attempt("find", access(arguments[0], F_OK));
}

/* In what belongs to no directory: System V shared memory and a POSIX message queue. */
static void leave_ipc(char** arguments) {
  (void)arguments;
  observe("shmget", shmget(0x5a4d, 4096, IPC_CREAT | 0666));
  observe("mq_open", syscall(SYS_mq_open, "mark", O_CREAT | O_RDWR, 0666, NULL));
}

static void find_ipc(char** arguments) {
  (void)arguments;
  attempt("shmget", shmget(0x5a4d, 4096, 0));
  attempt("mq_open", syscall(SYS_mq_open, "mark", O_RDWR, 0, NULL));
}

static void leave_and_find_ipc(char** arguments) {
  leave_ipc(arguments);
  find_ipc(arguments);
}

static void leave_and_find_mark(char** arguments) {
  leave_mark(arguments);
  find_mark(arguments);
}

/* A directory of the box's own is the program's to change. */
enum { unusual_mode = 0751 };

static void leave_mode(char** arguments) {
  observe("chmod", chmod(arguments[0], unusual_mode));
}

static void find_mode(char** arguments) {
  struct stat about;
  const int found = stat(arguments[0], &about) == 0 && (about.st_mode & 0777) == unusual_mode;
  errno = ENOENT;
  attempt("mode", found ? 0 : -1);
}

static void leave_and_find_mode(char** arguments) {
  (void)arguments;
  static char* own[] = {"directory", NULL};
  observe("mkdir", mkdir(own[0], 0700));
  leave_mode(own);
  find_mode(own);
}

/* A socket that only a message to itself holds, under a name. */
static int leave_ring(int number) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  const int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "mark-%d", number);
  const socklen_t size = (socklen_t)offsetof(struct sockaddr_un, sun_path) + 1 + (socklen_t)length;
  const int ring = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (bind(ring, (struct sockaddr*)&name, size) != 0 ||
      connect(ring, (struct sockaddr*)&name, size) != 0) {
    return -1;
  }
  char byte = 0;
  char control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &ring, sizeof(int));
  return (int)sendmsg(ring, &message, 0);
}

/* So many that the kernel is not done with them at once. */
static void leave_rings(char** arguments) {
  (void)arguments;
  int left = -1;
  for (int i = 0; i < 200; ++i) {
    left = leave_ring(i);
  }
  observe("ring", left);
}

static void find_rings(char** arguments) {
  (void)arguments;
  char line[512];
  FILE* list = fopen("/proc/self/net/unix", "r");
  int found = 0;
  while (list != NULL && fgets(line, sizeof line, list) != NULL) {
    found += strstr(line, "@mark-") != NULL;
  }
  errno = ENOENT;
  attempt("ring", found > 0 ? 0 : -1);
}

static void leave_and_find_rings(char** arguments) {
  leave_rings(arguments);
  find_rings(arguments);
}

/* What process 1 has done so far takes no permission to ask. */
static void clock_of_init(char** arguments) {
  (void)arguments;
  const clockid_t clock = (clockid_t)((~1U << 3) | 2);
  struct timespec time;
  timer_t timer;
  struct sigevent nothing = {.sigev_notify = SIGEV_NONE};
  attempt("clock_gettime", (int)syscall(SYS_clock_gettime, clock, &time));
  attempt("clock_getres", (int)syscall(SYS_clock_getres, clock, &time));
  attempt("timer_create", (int)syscall(SYS_timer_create, clock, &nothing, &timer));
}

enum { used_numbers = 40 };

static int number_of_a_child(void) {
  const int child = fork();
  if (child == 0) {
    _exit(0);
  }
  waitpid(child, NULL, 0);
  return child;
}

static void leave_numbers(char** arguments) {
  (void)arguments;
  int number = 0;
  for (int i = 0; i < used_numbers; ++i) {
    number = number_of_a_child();
  }
  observe("fork", number);
}

/* Numbers that others have used up tell how many processes they had. */
static void find_numbers(char** arguments) {
  (void)arguments;
  const int used = getpid() > used_numbers;
  errno = ENOENT;
  attempt("numbers", used ? 0 : -1);
}

static void leave_and_find_numbers(char** arguments) {
  const int before = number_of_a_child();
  leave_numbers(arguments);
  const int used = number_of_a_child() - before > used_numbers;
  errno = ENOENT;
  attempt("numbers", used ? 0 : -1);
}

enum { used_inodes = 1000 };

/* Of a file without a name, of which the directory shows nothing. */
static long inode_in(const char* directory) {
  struct stat about;
  const int file = open(directory, O_TMPFILE | O_RDWR, 0600);
  const long inode = file >= 0 && fstat(file, &about) == 0 ? (long)about.st_ino : -1;
  close(file);
  return inode;
}

static void leave_inodes(char** arguments) {
  long inode = -1;
  for (int i = 0; i < used_inodes; ++i) {
    inode = inode_in(arguments[0]);
  }
  observe("open", inode < 0 ? -1 : 0);
}

static void find_inodes(char** arguments) {
  const int used = inode_in(arguments[0]) > used_inodes;
  errno = ENOENT;
  attempt("inodes", used ? 0 : -1);
}

static void leave_and_find_inodes(char** arguments) {
  const long before = inode_in(arguments[0]);
  leave_inodes(arguments);
  const int used = inode_in(arguments[0]) - before > used_inodes;
  errno = ENOENT;
  attempt("inodes", used ? 0 : -1);
}

/* Whichever the kernel gives to an owner: that of SELinux, or since Linux 6.6 one of his own. */
static const char* const labels[] = {"security.selinux", "user.mark"};
static const char label[] = "system_u:object_r:mark_t:s0";

static void leave_label(char** arguments) {
  for (int i = 0; i < 2; ++i) {
    observe(labels[i], setxattr(arguments[0], labels[i], label, sizeof label, 0));
  }
}

static void find_label(char** arguments) {
  for (int i = 0; i < 2; ++i) {
    char text[sizeof label] = "";
    const ssize_t size = getxattr(arguments[0], labels[i], text, sizeof text);
    const int found = size == sizeof label && memcmp(text, label, sizeof label) == 0;
    errno = ENOENT;
    attempt("label", found ? 0 : -1);
  }
}

static void leave_and_find_label(char** arguments) {
  (void)arguments;
  static char* own[] = {"directory", NULL};
  observe("mkdir", mkdir(own[0], 0700));
  leave_label(own);
  find_label(own);
}

const struct verb next_box_verbs[] = {{"leave-mark", leave_mark},
                                      {"find-mark", find_mark},
                                      {"leave-and-find-mark", leave_and_find_mark},
                                      {"leave-ipc", leave_ipc},
                                      {"find-ipc", find_ipc},
                                      {"leave-and-find-ipc", leave_and_find_ipc},
                                      {"leave-mode", leave_mode},
                                      {"find-mode", find_mode},
                                      {"leave-and-find-mode", leave_and_find_mode},
                                      {"leave-rings", leave_rings},
                                      {"find-rings", find_rings},
                                      {"leave-and-find-rings", leave_and_find_rings},
                                      {"clock-of-init", clock_of_init},
                                      {"leave-numbers", leave_numbers},
                                      {"find-numbers", find_numbers},
                                      {"leave-and-find-numbers", leave_and_find_numbers},
                                      {"leave-inodes", leave_inodes},
                                      {"find-inodes", find_inodes},
                                      {"leave-and-find-inodes", leave_and_find_inodes},
                                      {"leave-label", leave_label},
                                      {"find-label", find_label},
                                      {"leave-and-find-label", leave_and_find_label},
                                      {NULL, NULL}};
