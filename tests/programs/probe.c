// SPDX-License-Identifier: Apache-2.0
//
// What the tests run in boxes: one static program, the first argument says which behaviour.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

static double number(char** argv, int i) {
  return argv[i] ? atof(argv[i]) : 0;
}

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void burn(double seconds) {
  const double end = cpu_seconds() + seconds;
  while (cpu_seconds() < end) {
    for (volatile int i = 0; i < 1000; i = i + 1) {
    }
  }
}

static void eat(size_t bytes) {
  char* block =
      mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (block == MAP_FAILED) {
    perror("mmap");
    exit(4);
  }
  memset(block, 1, bytes);
}

static void write_bytes(int fd, long count) {
  char block[4096];
  memset(block, 'x', sizeof block);
  while (count > 0) {
    const ssize_t written = write(fd, block, count < 4096 ? (size_t)count : sizeof block);
    if (written < 0) {
      exit(5);
    }
    count -= written;
  }
}

static int copy_input(void) {
  char block[65536];
  ssize_t size;
  while ((size = read(0, block, sizeof block)) > 0) {
    for (ssize_t at = 0; at < size;) {
      const ssize_t written = write(1, block + at, (size_t)(size - at));
      if (written < 0) {
        return 5;
      }
      at += written;
    }
  }
  return 0;
}

static void print_file(const char* path) {
  char block[65536];
  const int fd = open(path, O_RDONLY);
  const ssize_t size = fd < 0 ? -1 : read(fd, block, sizeof block);
  if (size >= 0) {
    fwrite(block, 1, (size_t)size, stdout);
  } else {
    printf("%s: %s\n", path, strerror(errno));
  }
}

static void print_descriptors(void) {
  for (int fd = 0; fd < 4096; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) {
      printf("%d\n", fd);
    }
  }
}

static int print_signals(void) {
  sigset_t mask;
  sigprocmask(SIG_SETMASK, 0, &mask);
  for (int n = 1; n < 65; ++n) {
    struct sigaction action;
    if (sigaction(n, 0, &action) == 0 && action.sa_handler != SIG_DFL) {
      printf("%d is not default\n", n);
    }
    if (sigismember(&mask, n) == 1) {
      printf("%d is blocked\n", n);
    }
  }
  return 0;
}

static _Noreturn void fork_bomb(void) {
  for (;;) {
    if (fork() < 0) {
      usleep(1000);
    }
  }
}

static int make_files(const char* directory) {
  char name[256];
  for (long n = 0;; ++n) {
    snprintf(name, sizeof name, "%s/f%ld", directory, n);
    const int fd = open(name, O_WRONLY | O_CREAT, 0644);
    if (fd < 0) {
      printf("%s\n", strerror(errno));
      return 0;
    }
    close(fd);
  }
}

static int fill_file(const char* path) {
  char block[65536];
  memset(block, 1, sizeof block);
  signal(SIGXFSZ, SIG_IGN);
  const int fd = open(path, O_WRONLY | O_CREAT, 0644);
  while (write(fd, block, sizeof block) > 0) {
  }
  printf("%s\n", strerror(errno));
  return 0;
}

static int open_files(void) {
  int count = 0;
  while (open("/dev/null", O_RDONLY) >= 0) {
    ++count;
  }
  printf("%d %s\n", count + 3, strerror(errno));
  return 0;
}

static int recurse(int depth) { // NOLINT: without end on purpose
  volatile char frame[4096];
  memset((char*)frame, depth, sizeof frame);
  return recurse(depth + 1) + frame[7];
}

static int daemonize(void) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      sleep(100);
    }
    _exit(0);
  }
  wait(0);
  return 0;
}

static int hostile_tree(void) {
  mkdir("deep", 0755);
  int at = open("deep", O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < 300; ++i) {
    mkdirat(at, "d", 0700);
    const int next = openat(at, "d", O_RDONLY | O_DIRECTORY);
    close(at);
    at = next;
  }
  mkdir("closed", 0755);
  close(open("closed/file", O_WRONLY | O_CREAT, 0644));
  chmod("closed", 0);
  close(open("-rf\n\xff", O_WRONLY | O_CREAT, 0644));
  return symlink("/etc/passwd", "link") + mkfifo("fifo", 0644) + mkdir("directory", 0755);
}

static int attempt(const char* name, long result) {
  printf("%s %s\n", name, result >= 0 ? "allowed" : strerrorname_np(errno));
  return 0;
}

static int forbidden(void) {
  attempt("ptrace", syscall(SYS_ptrace, 0, 0, 0, 0));
  attempt("unshare", unshare(0x10000000));
  attempt("mount", syscall(SYS_mount, "x", "/tmp", "tmpfs", 0, 0));
  attempt("chroot", chroot("/tmp"));
  attempt("setuid", setuid(0));
  attempt("kill init", kill(1, SIGKILL));
  attempt("inet", socket(AF_INET, SOCK_STREAM, 0));
  attempt("alg", syscall(SYS_socket, (1L << 32) + 38, SOCK_SEQPACKET, 0));
  attempt("write /usr", open("/usr/x", O_WRONLY | O_CREAT, 0644));
  attempt("write /", open("/x", O_WRONLY | O_CREAT, 0644));
  attempt("init's memory", open("/proc/1/mem", O_RDONLY));
  attempt("oom_score_adj", open("/proc/self/oom_score_adj", O_WRONLY));
  attempt("sysrq", open("/proc/sysrq-trigger", O_WRONLY));
  attempt("sys", open("/sys", O_RDONLY));
  return 0;
}

/* By the names that programs know them by, in place of descriptors 0 and 1. */
static int reopen(void) {
  char bytes[64];
  const int in = open("/dev/stdin", O_RDONLY);
  const int out = open("/dev/stdout", O_WRONLY);
  const ssize_t size = read(in, bytes, sizeof bytes);
  if (in < 0 || out < 0 || size < 0 || write(out, bytes, (size_t)size) != size) {
    perror("reopen");
    return 1;
  }
  return 0;
}

/* A folder that may be read, but not searched. */
static int closed_folder(void) {
  return mkdir("closed", 0700) != 0 || mkdir("closed/inner", 0700) != 0 ||
         chmod("closed", 0400) != 0 || close(open("after", O_CREAT | O_WRONLY, 0600)) != 0;
}

static int leave_shm(size_t bytes) {
  const int id = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
  char* memory = shmat(id, 0, 0);
  if (memory == (char*)-1) {
    perror("shmat");
    return 1;
  }
  memset(memory, 1, bytes);
  return 0;
}

/* The numbers that the kernel gives out tell what was made before; only the queue is left behind.
 */
static int number_objects(void) {
  const int shared = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  const int semaphores = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
  const int messages = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
  struct mq_attr small = {.mq_maxmsg = 1, .mq_msgsize = 64};
  const int queue = mq_open("/queue", O_CREAT | O_EXCL | O_RDWR, 0600, &small);
  printf("%d %d %d %s\n", shared, semaphores, messages, queue < 0 ? strerror(errno) : "new");
  return shmctl(shared, IPC_RMID, NULL) || semctl(semaphores, 0, IPC_RMID) ||
         msgctl(messages, IPC_RMID, NULL);
}

static int leave_file(const char* path, size_t bytes) {
  static char block[1 << 10];
  memset(block, 1, sizeof block);
  const int file = open(path, O_CREAT | O_WRONLY, 0600);
  for (size_t done = 0; done < bytes; done += sizeof block) {
    if (write(file, block, sizeof block) != (ssize_t)sizeof block) {
      perror(path);
      return 1;
    }
  }
  return 0;
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  if (!strcmp(what, "exit")) {
    return atoi(argv[2]);
  }
  if (!strcmp(what, "args")) {
    for (int i = 2; i < argc; ++i) {
      fwrite(argv[i], 1, strlen(argv[i]) + 1, stdout);
    }
    return 0;
  }
  if (!strcmp(what, "env")) {
    for (char** each = environ; *each; ++each) {
      puts(*each);
    }
    return 0;
  }
  if (!strcmp(what, "cwd")) {
    return puts(getcwd(0, 0)) < 0;
  }
  if (!strcmp(what, "ids")) {
    return printf("%d %d %d\n", getuid(), getgid(), getpid() != 1) < 0;
  }
  if (!strcmp(what, "fds")) {
    print_descriptors();
    return 0;
  }
  if (!strcmp(what, "signals")) {
    return print_signals();
  }
  if (!strcmp(what, "cat")) {
    return copy_input();
  }
  if (!strcmp(what, "show")) {
    print_file(argv[2]);
    return 0;
  }
  if (!strcmp(what, "bytes")) {
    for (int i = 0; i < 256; ++i) {
      putchar(i);
    }
    return 0;
  }
  if (!strcmp(what, "write")) {
    write_bytes(atoi(argv[2]), (long)number(argv, 3));
    return 0;
  }
  if (!strcmp(what, "say-and-sleep")) {
    write_bytes(1, 1000);
    sleep(100);
  }
  if (!strcmp(what, "sleep")) {
    usleep((useconds_t)(number(argv, 2) * 1e6));
    return 0;
  }
  if (!strcmp(what, "stop")) {
    raise(SIGSTOP);
    return 0;
  }
  if (!strcmp(what, "close-input")) {
    close(0);
    return 0;
  }
  if (!strcmp(what, "burn")) {
    burn(number(argv, 2));
    return 0;
  }
  if (!strcmp(what, "burn-children")) {
    for (int i = 0; i < atoi(argv[2]); ++i) {
      if (fork() == 0) {
        burn(number(argv, 3));
        _exit(0);
      }
    }
    if (!strcmp(argv[4], "wait")) {
      while (wait(0) > 0) {
      }
    } else {
      usleep((useconds_t)(number(argv, 2) * number(argv, 3) * 3e6));
    }
    return 0;
  }
  if (!strcmp(what, "eat")) {
    eat((size_t)(number(argv, 2) * 1048576));
    return 0;
  }
  if (!strcmp(what, "eat-children")) {
    for (int i = 0; i < atoi(argv[2]); ++i) {
      if (fork() == 0) {
        eat((size_t)(number(argv, 3) * 1048576));
        sleep(1);
        _exit(0);
      }
    }
    while (wait(0) > 0) {
    }
    return 0;
  }
  if (!strcmp(what, "child-oom")) {
    if (fork() == 0) {
      eat((size_t)1 << 33);
    }
    wait(0);
    return 0;
  }
  if (!strcmp(what, "daemon")) {
    return daemonize();
  }
  if (!strcmp(what, "fork-bomb")) {
    fork_bomb();
  }
  if (!strcmp(what, "fill")) {
    return fill_file(argv[2]);
  }
  if (!strcmp(what, "make-files")) {
    return make_files(argv[2]);
  }
  if (!strcmp(what, "open-files")) {
    return open_files();
  }
  if (!strcmp(what, "recurse")) {
    return recurse(0);
  }
  if (!strcmp(what, "raise")) {
    raise(atoi(argv[2]));
    return 0;
  }
#ifdef __x86_64__
  if (!strcmp(what, "int80")) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
    return (int)result;
  }
#endif
  if (!strcmp(what, "tree")) {
    return hostile_tree();
  }
  if (!strcmp(what, "put")) {
    FILE* file = fopen(argv[2], "w");
    return file == 0 || fputs(argv[3], file) < 0 || fclose(file) != 0;
  }
  if (!strcmp(what, "reopen")) {
    return reopen();
  }
  if (!strcmp(what, "closed-folder")) {
    return closed_folder();
  }
  if (!strcmp(what, "number-objects")) {
    return number_objects();
  }
  if (!strcmp(what, "leave-shm")) {
    return leave_shm((size_t)(number(argv, 2) * 1048576));
  }
  if (!strcmp(what, "leave-file")) {
    return leave_file(argv[2], (size_t)atol(argv[3]) << 10);
  }
  if (!strcmp(what, "remove-and-eat")) {
    if (remove(argv[2]) != 0) {
      return 1;
    }
    eat((size_t)(number(argv, 3) * 1048576));
    return 0;
  }
  if (!strcmp(what, "forbidden")) {
    return forbidden();
  }
  fprintf(stderr, "probe: unknown behaviour %s\n", what);
  return 99;
}
