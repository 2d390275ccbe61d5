// Less usual parts of the C library: asynchronous I/O by threads, dlopen, obstacks, environment,
// users, uname, getopt, atexit.
#define _GNU_SOURCE
#include <aio.h>
#include <assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <link.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>
#include <wordexp.h>

#include <gnu/libc-version.h>

static void goodbye(void) {
  puts("goodbye");
}
static int count(struct dl_phdr_info* info, size_t size, void* n) {
  (void)info, (void)size;
  ++*(int*)n;
  return 0;
}

int main(int argc, char** argv) {
  atexit(goodbye);
  int fd = open("aio", O_RDWR | O_CREAT | O_TRUNC, 0600);
  static char blocks[8][1024], back[8][1024];
  struct aiocb requests[8];
  struct aiocb* list[8];
  for (int i = 0; i < 8; ++i) {
    memset(blocks[i], 'a' + i, 1024);
    requests[i] = (struct aiocb){.aio_fildes = fd,
                                 .aio_offset = i * 1024,
                                 .aio_buf = blocks[i],
                                 .aio_nbytes = 1024,
                                 .aio_lio_opcode = LIO_WRITE};
    list[i] = &requests[i];
  }
  assert(lio_listio(LIO_WAIT, list, 8, NULL) == 0);
  for (int i = 0; i < 8; ++i) {
    assert(aio_error(&requests[i]) == 0 && aio_return(&requests[i]) == 1024);
    requests[i].aio_buf = back[i];
    assert(aio_read(&requests[i]) == 0);
  }
  for (int i = 0; i < 8; ++i) {
    while (aio_error(&requests[i]) == EINPROGRESS)
      aio_suspend((const struct aiocb* const[]){&requests[i]}, 1, NULL);
    assert(aio_return(&requests[i]) == 1024);
  }
  assert(memcmp(blocks, back, sizeof back) == 0 && unlink("aio") == 0);
  puts("asynchronous");

  void* library = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
  assert(library);
  double (*cosine)(double);
  *(void**)&cosine = dlsym(library, "cos");
  printf("cos %.1f\n", cosine(0));
  assert(!dlopen("nothing.so", RTLD_NOW) && dlerror() && dlclose(library) == 0);
  int objects = 0;
  dl_iterate_phdr(count, &objects);
  assert(objects >= 2 && getauxval(AT_PAGESZ) == 4096 && gnu_get_libc_version()[0] == '2');

  struct utsname name;
  struct sysinfo info;
  assert(uname(&name) == 0 && !strcmp(name.sysname, "Linux") && sysinfo(&info) == 0 &&
         info.uptime > 0);
  errno = 0;
  getpwuid(getuid());
  assert(gethostname(back[0], 64) == 0 && getgroups(0, NULL) >= 0 && getlogin_r(back[0], 64) >= 0);
  struct termios settings;
  assert(tcgetattr(fd, &settings) == -1 && errno == ENOTTY && !isatty(fd));
  assert(setenv("CORPUS", "value", 1) == 0);
  wordexp_t words;
  assert(wordexp("$CORPUS ${CORPUS}s 'one two'", &words, WRDE_NOCMD) == 0);
  printf("words %zu %s\n", words.we_wordc, words.we_wordv[1]);
  wordfree(&words);
  char* options[] = {"program", "-a", "--beta=7", "rest", NULL};
  static const struct option longs[] = {{"beta", required_argument, NULL, 'b'}, {0}};
  for (int option; (option = getopt_long(4, options, "a", longs, NULL)) != -1;)
    printf("option %c %s\n", option, optarg ? optarg : "-");
  FILE* status = fopen("/proc/self/status", "r");
  char line[256];
  assert(status && fgets(line, sizeof line, status) && !strncmp(line, "Name:", 5));
  ssize_t length = readlink("/proc/self/exe", line, sizeof line);
  assert(length > 0 && argc == 1 && argv[0]);
  for (const char* const* path =
           (const char* const[]){"/proc/self/maps", "/proc/meminfo", "/proc/cpuinfo", "/dev/null",
                                 "/dev/zero", "/dev/urandom", NULL};
       *path; ++path) {
    FILE* file = fopen(*path, "r");
    if (!file)
      printf("cannot open %s: %s\n", *path, strerror(errno));
    else
      fclose(file);
  }
  for (int n = 0; n < 3; ++n)
    if (close_range(100, 200, 0) != 0)
      return 1;
}
