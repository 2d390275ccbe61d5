// Processes: fork, vfork, posix_spawn, exec of all kinds, pipes, popen, groups and sessions, wait
// in all its forms.
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

static int status_of(pid_t pid) {
  int status;
  assert(waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}
static int in_clone(void* argument) {
  return *(int*)argument + 1;
}

int main(void) {
  int sum = 0;
  for (int i = 0; i < 30; ++i) {
    pid_t pid = fork();
    assert(pid >= 0);
    if (pid == 0)
      _exit(i);
    sum += status_of(pid);
  }
  printf("forked %d\n", sum);

  pid_t children[20];
  int pipes[2];
  assert(pipe2(pipes, O_CLOEXEC) == 0);
  for (int i = 0; i < 20; ++i)
    if ((children[i] = fork()) == 0) {
      assert(write(pipes[1], &i, sizeof i) == sizeof i);
      _exit(0);
    }
  close(pipes[1]);
  sum = 0;
  for (int i; read(pipes[0], &i, sizeof i) == sizeof i;)
    sum += i;
  for (int i = 0; i < 20; ++i)
    assert(status_of(children[i]) == 0);
  printf("piped %d\n", sum);

  pid_t pid = vfork();
  if (pid == 0) {
    execl("/bin/sh", "sh", "-c", "exit 3", (char*)NULL);
    _exit(127);
  }
  printf("vfork %d\n", status_of(pid));

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawn_file_actions_addopen(&actions, 1, "spawned", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addchdir_np(&actions, ".");
  char* argv[] = {"sh", "-c", "echo from spawn", NULL};
  assert(posix_spawnp(&pid, "sh", &actions, &attributes, argv, environ) == 0);
  assert(status_of(pid) == 0);
  char line[100] = "";
  FILE* file = fopen("spawned", "r");
  assert(fgets(line, sizeof line, file));
  fclose(file);
  unlink("spawned");
  printf("%s", line);
  argv[0] = "nothing";
  assert(posix_spawn(&pid, "/no/such", NULL, NULL, argv, environ) == ENOENT);

  file = popen("read a; echo \"<$a>\" > popened", "w");
  fputs("through popen\n", file);
  assert(pclose(file) == 0);
  file = popen("cat popened; rm popened", "r");
  assert(fgets(line, sizeof line, file) && pclose(file) == 0);
  printf("%s", line);
  printf("system %d\n", WEXITSTATUS(system("exit 5")));

  static char stack[64 << 10];
  int number = 41;
  pid = clone(in_clone, stack + sizeof stack, CLONE_VM | SIGCHLD, &number);
  printf("clone %d\n", status_of(pid));

  if ((pid = fork()) == 0) {
    assert(setsid() == getpid() && getpgrp() == getpid() && getsid(0) == getpid());
    if (fork() == 0)
      for (;;)
        pause();
    kill(0, SIGTERM);
    _exit(1);
  }
  printf("session %d\n", status_of(pid));

  if ((pid = fork()) == 0)
    for (;;)
      pause();
  int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  assert(pidfd >= 0 && syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) == 0);
  struct pollfd poller = {.fd = pidfd, .events = POLLIN};
  assert(poll(&poller, 1, 10000) == 1);
  siginfo_t info;
  assert(waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) == 0 && info.si_status == SIGKILL &&
         info.si_code == CLD_KILLED);
  puts("pidfd");

  if ((pid = fork()) == 0)
    abort();
  printf("aborted %d\n", status_of(pid));
  if ((pid = fork()) == 0) {
    raise(SIGSTOP);
    _exit(4);
  }
  int status;
  assert(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
  kill(pid, SIGCONT);
  assert(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
  struct rusage usage;
  assert(wait4(pid, &status, 0, &usage) == pid && WEXITSTATUS(status) == 4);
  puts("stopped and continued");

  assert(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
  if ((pid = fork()) == 0) {
    if (fork() == 0) {
      usleep(1000);
      _exit(6);
    }
    _exit(0);
  }
  sum = 0;
  while (wait(&status) > 0)
    sum += WEXITSTATUS(status);
  printf("adopted %d\n", sum);
  assert(prctl(PR_SET_NAME, "renamed") == 0 && setpriority(PRIO_PROCESS, 0, 5) == 0 &&
         nice(1) == 6);
  cpu_set_t cpus;
  assert(sched_getaffinity(0, sizeof cpus, &cpus) == 0 && CPU_COUNT(&cpus) >= 1 &&
         sched_setaffinity(0, sizeof cpus, &cpus) == 0);
  assert(sched_yield() == 0 && sysconf(_SC_NPROCESSORS_ONLN) >= 1);
  struct rlimit limit;
  assert(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = 32;
  assert(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  int last = 0;
  for (int fd; (fd = dup(0)) >= 0;)
    last = fd;
  printf("descriptors end at %d: %s\n", last, strerror(errno));
}
