/* SPDX-License-Identifier: Apache-2.0
 *
 * attack VERB [ARGUMENTS] [--mark=TEXT]: the mark only makes its processes known to the harness. */
#include "attack.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>

static int escapes;

static void say(const char* step, const char* what, const char* text) {
  dprintf(STDOUT_FILENO, "PROBE %s %s%s\n", step, what, text);
}

long observe(const char* step, long result) {
  const int error = result < 0 ? errno : 0;
  const char* name = error ? strerrorname_np(error) : "0";
  dprintf(STDOUT_FILENO, "PROBE %s rc=%ld errno=%s\n", step, result, name ? name : "?");
  return result;
}

long attempt(const char* step, long result) {
  observe(step, result);
  if (result >= 0) {
    escaped(step);
  }
  return result;
}

long refused(const char* step, long result) {
  observe(step, result);
  if (result >= 0 || (errno != EPERM && errno != EACCES && errno != ENOSYS)) {
    escaped(step);
  }
  return result;
}

void note(const char* step, const char* text) {
  say(step, "is=", text);
}

void escaped(const char* what) {
  ++escapes;
  say("escaped", "by=", what);
}

void unable(const char* why) {
  say("unable", "why=", why);
  _exit(unable_status);
}

long number(char** arguments, int index, long otherwise) {
  for (int i = 0; i <= index; ++i) {
    if (arguments[i] == NULL || strncmp(arguments[i], "--", 2) == 0) {
      return otherwise;
    }
  }
  return atol(arguments[index]);
}

static int is_bystander(const char* pid) {
  char path[300];
  char name[32] = "";
  snprintf(path, sizeof path, "/proc/%s/comm", pid);
  const int file = open(path, O_RDONLY);
  const ssize_t size = read(file, name, sizeof name - 1);
  close(file);
  return size > 0 && strcmp(name, "bystander\n") == 0;
}

pid_t victim(void) {
  pid_t found = 1;
  DIR* processes = opendir("/proc");
  for (struct dirent* entry; processes && (entry = readdir(processes)) != NULL;) {
    if (atoi(entry->d_name) > 1 && is_bystander(entry->d_name)) {
      found = atoi(entry->d_name);
    }
  }
  if (processes != NULL) {
    closedir(processes);
  }
  return found;
}

void sleep_ms(long ms) {
  const struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&time, NULL);
}

void* shared_page(void) {
  void* page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) {
    unable("mmap");
  }
  return page;
}

int main(int argc, char** argv) {
  static const struct verb* const rooms[] = {
      filesystem_verbs, next_box_verbs, kernel_view_verbs, process_verbs, tracing_verbs,
      memory_verbs,     disk_verbs,     exhaustion_verbs,  time_verbs,    network_verbs,
      privilege_verbs,  call_verbs,     argument_verbs,    machine_verbs, terminal_verbs,
      descriptor_verbs, leaving_verbs,  posture_verbs};
  const struct verb* found = NULL;
  for (size_t room = 0; argc > 1 && room < sizeof rooms / sizeof *rooms; ++room) {
    for (const struct verb* verb = rooms[room]; verb->name != NULL; ++verb) {
      if (strcmp(verb->name, argv[1]) == 0) {
        if (found != NULL) {
          unable("two attacks have this name");
        }
        found = verb;
      }
    }
  }
  if (found == NULL) {
    unable("there is no such attack");
  }
  found->run(argv + 2);
  return escapes > 0 ? escaped_status : contained_status;
}
