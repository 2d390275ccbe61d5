/* SPDX-License-Identifier: Apache-2.0
 *
 * No attack: what a program finds itself in, line by line, so that anything that is more than it
 * should be shows, though nobody has thought of an attack with it. */
#include "attack.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>

extern char** environ;

static void say(const char* key, long value) {
  printf("%s: %ld\n", key, value);
}

static void each_line(const char* path, void (*take)(char* line)) {
  FILE* file = fopen(path, "re");
  char line[4096];
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    take(line);
  }
  if (file == NULL) {
    printf("%s: %s\n", path, strerrorname_np(errno));
  } else {
    fclose(file);
  }
}

static void status_line(char* line) {
  static const char* const wanted[] = {
      "Uid:",    "Gid:",        "Groups:", "Threads:", "SigQ:",     "SigPnd:", "ShdPnd:",
      "SigBlk:", "SigIgn:",     "SigCgt:", "CapInh:",  "CapPrm:",   "CapEff:", "CapBnd:",
      "CapAmb:", "NoNewPrivs:", "Seccomp", "Umask:",   "TracerPid:"};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; ++i) {
    if (strncmp(line, wanted[i], strlen(wanted[i])) == 0 && strncmp(line, "SigQ:", 5) != 0) {
      for (char* c = line; *c; ++c) {
        *c = *c == '\t' ? ' ' : *c;
      }
      puts(line);
    }
  }
}

/* Mount point, the flags that confine, and the kind; what lies behind is the host's affair. */
static void mount_line(char* line) {
  char point[1024];
  char options[1024];
  char* dash = strstr(line, " - ");
  if (dash == NULL || sscanf(line, "%*s %*s %*s %*s %1023s %1023s", point, options) != 2) {
    return;
  }
  char kind[64] = "";
  sscanf(dash + 3, "%63s", kind);
  const int ours = strcmp(kind, "tmpfs") == 0 || strcmp(kind, "proc") == 0;
  printf("mount %s %s", point, ours ? kind : "other");
  static const char* const flags[] = {"ro", "rw", "nosuid", "nodev", "noexec"};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; ++i) {
    char copy[1024];
    strcpy(copy, options);
    for (char* word = strtok(copy, ","); word != NULL; word = strtok(NULL, ",")) {
      if (strcmp(word, flags[i]) == 0) {
        printf(" %s", word);
      }
    }
  }
  const char* super = strrchr(line, ' ');
  const char* size = strstr(super, "size=");
  if (size != NULL && ours) {
    printf(" %.*s", (int)strcspn(size, ","), size);
  }
  /* What is mounted here would be seen outside; "master" is the other way round. */
  puts(strstr(line, " shared:") ? " SHARED" : strstr(line, " master:") ? " slave" : "");
}

static void limits(void) {
  static const struct {
    const char* name;
    int resource;
  } all[] = {{"core", RLIMIT_CORE},         {"memlock", RLIMIT_MEMLOCK},
             {"msgqueue", RLIMIT_MSGQUEUE}, {"sigpending", RLIMIT_SIGPENDING},
             {"rtprio", RLIMIT_RTPRIO},     {"nice", RLIMIT_NICE},
             {"fsize", RLIMIT_FSIZE},       {"nofile", RLIMIT_NOFILE},
             {"stack", RLIMIT_STACK}};
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i) {
    struct rlimit limit;
    getrlimit(all[i].resource, &limit);
    printf("limit %s: %ld %ld\n", all[i].name, (long)limit.rlim_cur, (long)limit.rlim_max);
  }
}

static void descriptors(void) {
  for (int fd = 0; fd < 4096; ++fd) {
    struct stat about;
    if (fstat(fd, &about) == 0) {
      printf("descriptor %d: %s\n", fd,
             S_ISFIFO(about.st_mode)   ? "pipe"
             : S_ISCHR(about.st_mode)  ? "device"
             : S_ISSOCK(about.st_mode) ? "socket"
                                       : "other");
    }
  }
}

static void processes(void) {
  DIR* entries = opendir("/proc");
  int count = 0;
  for (struct dirent* entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
    count += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
  }
  say("processes in /proc", count);
  closedir(entries);
}

/* How many domains can be entered before the kernel says E2BIG tells how many there were. */
static void landlock_depth(void) {
  struct landlock_ruleset_attr attributes = {.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_CHAR};
  const long ruleset =
      syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes.handled_access_fs, 0);
  int entered = 0;
  while (ruleset >= 0 && entered < 64 &&
         syscall(SYS_landlock_restrict_self, (int)ruleset, 0) == 0) {
    ++entered;
  }
  say("landlock domains to be had", entered);
}

static void id_line(char* line) {
  unsigned inside = 0;
  unsigned outside = 0;
  unsigned count = 0;
  sscanf(line, "%u %u %u", &inside, &outside, &count);
  printf("id map: %u %s %u\n", inside, outside == inside ? "same" : "other", count);
}

static void interface_line(char* line) {
  char* colon = strchr(line, ':');
  if (colon != NULL && strchr(line, '|') == NULL) {
    line += strspn(line, " ");
    printf("interface %.*s\n", (int)(colon - line), line);
  }
}

static void group_line(char* line) {
  const char* path = strrchr(line, ':');
  printf("control group: %s\n", path ? path + 1 : line);
}

static void text_line(char* line) {
  puts(line);
}

static void itself(void) {
  struct utsname name;
  uname(&name);
  char where[4096] = "";
  syscall(SYS_getcwd, where, sizeof where);
  printf("host name: %s\ndomain name: %s\ndirectory: %s\n", name.nodename, name.domainname, where);
  say("process below 64", getpid() < 64);
  say("parent", getppid());
  say("session of others", getsid(0) == getpid() ? -1 : getsid(0));
  say("leads its group", getpgrp() == getpid());
  say("nice", getpriority(PRIO_PROCESS, 0));
  say("scheduler", sched_getscheduler(0));
  say("securebits", prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
  say("keeps capabilities", prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0));
  say("secure execution", (long)getauxval(AT_SECURE));
  say("terminal", open("/dev/tty", O_RDWR | O_NOCTTY));
  say("personality", syscall(SYS_personality, 0xffffffff));
}

static void posture(char** arguments) {
  (void)arguments;
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  itself();
  each_line("/proc/self/status", status_line);
  each_line("/proc/self/uid_map", id_line);
  each_line("/proc/self/mountinfo", mount_line);
  each_line("/proc/self/cgroup", group_line);
  each_line("/proc/self/oom_score_adj", text_line);
  each_line("/proc/net/dev", interface_line);
  limits();
  descriptors();
  processes();
  for (char** each = environ; *each != NULL; ++each) {
    printf("variable %s\n", *each);
  }
  landlock_depth();
  fflush(stdout);
}

static void namespaces(char** arguments) {
  (void)arguments;
  static const char* const kinds[] = {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    char path[64];
    char target[64] = "";
    snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
    if (readlink(path, target, sizeof target - 1) < 0) {
      unable(path);
    }
    note(kinds[i], target);
  }
}

const struct verb posture_verbs[] = {
    {"posture", posture}, {"namespaces", namespaces}, {NULL, NULL}};
