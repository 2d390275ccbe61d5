// SPDX-License-Identifier: Apache-2.0
//
// What the kernel tells a program of the place it is in.
#define _GNU_SOURCE
#include "posture.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

void check_descriptors(void) {
  for (int fd = 3; fd < 4096; ++fd) {
    expect(fcntl(fd, F_GETFD) < 0, "descriptor %d is open", fd);
  }
}

static void expect_line(const char* text, const char* line) {
  expect(strstr(text, line) != NULL, "no line \"%s\" in status", line + 1);
}

void check_status(void) {
  char text[8192];
  read_text("/proc/self/status", text, sizeof text);
  for (const char* const* set = (const char* const[]){"Inh", "Prm", "Eff", "Bnd", "Amb", NULL};
       *set != NULL; ++set) {
    char line[64];
    snprintf(line, sizeof line, "\nCap%s:\t0000000000000000\n", *set);
    expect_line(text, line);
  }
  expect_line(text, "\nNoNewPrivs:\t1\n");
  expect_line(text, "\nSeccomp:\t2\n");
  read_text("/proc/self/oom_score_adj", text, sizeof text);
  expect(strcmp(text, "1000\n") == 0, "oom_score_adj is not 1000");
  struct utsname name;
  expect(uname(&name) == 0 && strcmp(name.nodename, "sandbox") == 0, "the host's name is told");
  char map[256];
  read_text("/proc/self/uid_map", map, sizeof map);
  expect(map[0] != '\0' && strstr(map, "4294967295") == NULL, "ids are the host's");
}

static void refused(const char* call, long result, int error) {
  expect(result < 0 && errno == error, "%s is not refused by the filter", call);
}

/// Without a filter each of these would be answered otherwise.
void check_refusals(void) {
  refused("ptrace", syscall(SYS_ptrace, 0xffff, 0, 0, 0), EPERM);
  refused("unshare", unshare(0), EPERM);
  refused("keyctl", syscall(SYS_keyctl, 0, -3, 0), ENOSYS);
  refused("inet socket", socket(AF_INET, SOCK_STREAM, 0), EAFNOSUPPORT);
}

static int is_one_of(const char* point, const char* const* all) {
  for (; *all != NULL; ++all) {
    if (strcmp(point, *all) == 0) {
      return 1;
    }
  }
  return 0;
}

/// "id parent major:minor root POINT OPTIONS [optional]... - TYPE source options". The lower /proc
/// is the launcher's, hidden by the box's own.
static void check_mount(const char* point, const char* options, const char* rest, int is_last) {
  static const char* const writable[] = {"/box", "/tmp", NULL};
  const int lower_proc = strcmp(point, "/proc") == 0 && !is_last;
  expect(strncmp(options, "ro", 2) == 0 || lower_proc || is_one_of(point, writable),
         "%s is writable", point);
  expect(strstr(options, "nosuid") != NULL, "%s is not nosuid", point);
  expect(strstr(options, "nodev") != NULL || strcmp(point, "/") == 0 ||
             strncmp(point, "/dev/", 5) == 0,
         "%s is not nodev", point);
  expect(strstr(rest, "shared:") == NULL && strstr(rest, "master:") == NULL, "%s is shared", point);
}

void check_mounts(void) {
  static char text[64 << 10];
  int found = 0;
  int proc = 0;
  read_text("/proc/self/mountinfo", text, sizeof text);
  for (const char* at = text; (at = strstr(at, " /proc ro,")) != NULL; ++at) {
    ++proc;
  }
  expect(proc == 1, "/proc is not read-only");
  char* rest = NULL;
  for (char* line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    char point[256];
    char options[256];
    int end = 0;
    if (sscanf(line, "%*s %*s %*s %*s %255s %255s%n", point, options, &end) != 2) {
      expect(0, "a line of mountinfo is not understood");
      continue;
    }
    check_mount(point, options, line + end, strncmp(options, "ro", 2) == 0);
    found += strcmp(point, "/box") == 0 || strcmp(point, "/tmp") == 0 || strcmp(point, "/") == 0;
  }
  expect(found == 3, "a mount is missing or doubled");
  char where[256];
  expect(getcwd(where, sizeof where) != NULL && strcmp(where, "/box") == 0, "not in /box");
}

static int processes_seen(void) {
  int count = 0;
  DIR* all = opendir("/proc");
  for (struct dirent* entry; all != NULL && (entry = readdir(all)) != NULL;) {
    count += isdigit((unsigned char)entry->d_name[0]) != 0;
  }
  if (all != NULL) {
    closedir(all);
  }
  return count;
}

void check_host_is_hidden(void) {
  static const char* const paths[] = {"/root", "/home",    "/etc/shadow",    "/etc/hostname",
                                      "/sys",  "/dev/mem", "/proc/1/status", "/proc/1/root/",
                                      "/var",  "/run",     "/dev/tty",       "/dev/kmsg",
                                      NULL};
  for (const char* const* path = paths; *path != NULL; ++path) {
    expect(open(*path, O_RDONLY | O_CLOEXEC) < 0, "%s can be opened", *path);
  }
  expect(getpid() < 100, "pid %d", getpid());
  expect(processes_seen() == 1, "%d processes are seen", processes_seen());
}

void check_network(void) {
  char text[4096];
  read_text("/proc/net/dev", text, sizeof text);
  int others = 0;
  char* rest = NULL;
  for (char* line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    // Tunnels that the kernel puts into every network namespace are down and lead nowhere.
    const char* name = line + strspn(line, " ");
    others += strncmp(name, "eth", 3) == 0 || strncmp(name, "en", 2) == 0 ||
              strncmp(name, "docker", 6) == 0 || strncmp(name, "veth", 4) == 0;
  }
  expect(others == 0, "interfaces of the host are seen");
  read_text("/proc/net/route", text, sizeof text);
  const char* heading = strchr(text, '\n'); // not even that where nothing was ever up
  expect(heading == NULL || heading[1] == '\0', "there are routes");
}

/// v1: "id:controllers:path", v2: "0::path". The root of the namespace is the box's own group.
void check_groups(void) {
  char text[4096];
  read_text("/proc/self/cgroup", text, sizeof text);
  char* rest = NULL;
  for (char* line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    const char* path = strrchr(line, ':');
    expect(path != NULL && strstr(path, "libsandbox") == NULL && strstr(path, "..") == NULL,
           "control group %s", line);
  }
}
