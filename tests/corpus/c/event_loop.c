// An event loop: epoll in all modes, eventfd, pipes that are full, splice, tee, poll, select,
// vectored and positioned I/O.
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static int wake;
static void* waker(void* unused) {
  (void)unused;
  for (int i = 0; i < 100; ++i)
    assert(eventfd_write(wake, 1) == 0);
  return NULL;
}

int main(void) {
  enum { PAIRS = 100 };
  int loop = epoll_create1(EPOLL_CLOEXEC), pairs[PAIRS][2];
  assert(loop >= 0);
  for (int i = 0; i < PAIRS; ++i) {
    assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pairs[i]) == 0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET | EPOLLRDHUP, .data.u32 = (uint32_t)i};
    assert(epoll_ctl(loop, EPOLL_CTL_ADD, pairs[i][0], &event) == 0);
  }
  int hops = 0, sum = 0;
  assert(write(pairs[0][1], "x", 1) == 1);
  while (hops < 1000) {
    struct epoll_event events[16];
    int n = epoll_pwait(loop, events, 16, 10000, NULL);
    assert(n > 0);
    for (int i = 0; i < n; ++i) {
      char byte;
      uint32_t at = events[i].data.u32;
      assert(read(pairs[at][0], &byte, 1) == 1 && read(pairs[at][0], &byte, 1) == -1 &&
             errno == EAGAIN);
      sum += (int)at;
      ++hops;
      assert(write(pairs[(at + 1) % PAIRS][1], &byte, 1) == 1);
    }
  }
  printf("hops %d sum %d\n", hops, sum);
  close(pairs[7][1]);
  struct epoll_event hang = {0};
  do
    assert(epoll_wait(loop, &hang, 1, 10000) == 1);
  while (hang.data.u32 != 7);
  assert(hang.events & EPOLLRDHUP);
  puts("hang-up seen");

  wake = eventfd(0, EFD_CLOEXEC);
  pthread_t thread;
  pthread_create(&thread, NULL, waker, NULL);
  uint64_t total = 0, n;
  while (total < 100) {
    assert(read(wake, &n, sizeof n) == sizeof n);
    total += n;
  }
  pthread_join(thread, NULL);
  printf("eventfd %lu\n", (unsigned long)total);
  int semaphore = eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK);
  int times = 0;
  while (read(semaphore, &n, sizeof n) == sizeof n)
    ++times;
  printf("semaphore %d\n", times);

  int pipes[2], copy[2];
  assert(pipe2(pipes, O_NONBLOCK) == 0 && pipe(copy) == 0);
  assert(fcntl(pipes[1], F_SETPIPE_SZ, 1 << 16) >= 1 << 16);
  static char block[4096];
  memset(block, 'y', sizeof block);
  long written = 0;
  for (ssize_t w; (w = write(pipes[1], block, sizeof block)) > 0;)
    written += w;
  assert(errno == EAGAIN && written >= 1 << 16);
  int waiting;
  assert(ioctl(pipes[0], FIONREAD, &waiting) == 0 && waiting == written);
  struct pollfd poller = {.fd = pipes[1], .events = POLLOUT};
  assert(poll(&poller, 1, 0) == 0);
  assert(tee(pipes[0], copy[1], 4096, 0) == 4096);
  int file = open("spliced", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  assert(splice(copy[0], NULL, file, NULL, 4096, 0) == 4096);
  fd_set set;
  FD_ZERO(&set);
  FD_SET(pipes[0], &set);
  assert(pselect(pipes[0] + 1, &set, NULL, NULL, &(struct timespec){10, 0}, NULL) == 1);
  printf("pipe full, spliced %ld\n", (long)lseek(file, 0, SEEK_END));

  struct iovec parts[3] = {{"one ", 4}, {"two ", 4}, {"three", 5}};
  assert(pwritev(file, parts, 3, 100) == 13);
  char back[16] = "";
  assert(pread(file, back, 13, 100) == 13);
  printf("%s\n", back);
  struct iovec in = {back, 5};
  assert(preadv2(file, &in, 1, 104, 0) == 5 && memcmp(back, "two t", 5) == 0);
  assert(fsync(file) == 0 && fdatasync(file) == 0 && unlink("spliced") == 0);
}
