// Signals and timers: sigaction with siginfo, masks, queues, alternate stacks, timer_create,
// timerfd, signalfd, clocks.
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t caught, value, alarms, notified;
static sigjmp_buf back;
static void* faulted;
static void remember(int number, siginfo_t* info, void* context) {
  (void)context;
  caught = number;
  value = info->si_value.sival_int;
}
static void tick(int number) {
  (void)number;
  ++alarms;
}
static void fault(int number, siginfo_t* info, void* context) {
  (void)number, (void)context;
  faulted = info->si_addr;
  siglongjmp(back, 1);
}
static void notify(union sigval n) {
  notified = n.sival_int;
}
static int deep(int n) {
  volatile char frame[4096];
  frame[n % 4096] = (char)n;
  return deep(n + 1) + frame[0];
}
static void* overflow(void* answer) {
  static char alternate[64 << 10];
  sigaltstack(&(stack_t){.ss_sp = alternate, .ss_size = sizeof alternate}, NULL);
  if (sigsetjmp(back, 1) == 0)
    deep(0);
  *(int*)answer = 1;
  return NULL;
}
static ucontext_t main_context, other;
static int switches;
static void coroutine(void) {
  for (;;) {
    ++switches;
    swapcontext(&other, &main_context);
  }
}

int main(void) {
  struct sigaction action = {.sa_sigaction = remember, .sa_flags = SA_SIGINFO};
  sigaction(SIGRTMIN + 3, &action, NULL);
  assert(sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 77}) == 0);
  printf("queued %d %d\n", caught == SIGRTMIN + 3, (int)value);

  sigset_t set, pending;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR1);
  sigpending(&pending);
  assert(sigismember(&pending, SIGUSR1));
  int number;
  assert(sigwait(&set, &number) == 0 && number == SIGUSR1);
  assert(sigtimedwait(&set, NULL, &(struct timespec){0, 1000000}) == -1 && errno == EAGAIN);
  int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  assert(fd >= 0);
  kill(getpid(), SIGUSR2);
  pthread_kill(pthread_self(), SIGUSR1);
  struct signalfd_siginfo infos[2];
  ssize_t got = read(fd, infos, sizeof infos);
  printf("signalfd %zd %d\n", got / (ssize_t)sizeof infos[0],
         infos[0].ssi_pid == (uint32_t)getpid());

  signal(SIGALRM, tick);
  setitimer(ITIMER_REAL, &(struct itimerval){{0, 3000}, {0, 3000}}, NULL);
  while (alarms < 5)
    pause();
  setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
  puts("alarms");
  signal(SIGPROF, tick);
  alarms = 0;
  setitimer(ITIMER_PROF, &(struct itimerval){{0, 0}, {0, 10000}}, NULL);
  for (volatile long spin = 0; !alarms; ++spin) {
  }
  puts("profiling timer");

  timer_t timer;
  struct sigevent event = {
      .sigev_notify = SIGEV_THREAD, .sigev_notify_function = notify, .sigev_value.sival_int = 5};
  assert(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  assert(timer_settime(timer, 0, &(struct itimerspec){.it_value = {0, 2000000}}, NULL) == 0);
  while (!notified)
    usleep(500);
  assert(timer_delete(timer) == 0);
  printf("timer thread %d\n", (int)notified);
  event = (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
  assert(timer_create(CLOCK_REALTIME, &event, &timer) == 0);
  alarms = 0;
  timer_settime(timer, 0, &(struct itimerspec){{0, 1000000}, {0, 1000000}}, NULL);
  while (alarms < 3)
    pause();
  assert(timer_getoverrun(timer) >= 0 && timer_delete(timer) == 0);

  fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
  assert(fd >= 0 &&
         timerfd_settime(fd, 0, &(struct itimerspec){{0, 2000000}, {0, 2000000}}, NULL) == 0);
  uint64_t expired = 0, n;
  while (expired < 3) {
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    assert(ppoll(&poller, 1, &(struct timespec){10, 0}, NULL) == 1 &&
           read(fd, &n, sizeof n) == sizeof n);
    expired += n;
  }
  puts("timerfd");

  action = (struct sigaction){.sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigaction(SIGSEGV, &action, NULL);
  char* page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (sigsetjmp(back, 1) == 0)
    page[100] = 1;
  printf("fault %d\n", faulted == page + 100);
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 256 << 10);
  pthread_t thread;
  int survived = 0;
  pthread_create(&thread, &small, overflow, &survived);
  pthread_join(thread, NULL);
  printf("stack overflow survived %d\n", survived);
  sigaction(SIGFPE, &action, NULL);
  volatile int zero = 0;
  if (sigsetjmp(back, 1) == 0)
    zero = 1 / zero;
  puts("divided by zero");

  static char stack[64 << 10];
  getcontext(&other);
  other.uc_stack = (stack_t){.ss_sp = stack, .ss_size = sizeof stack};
  other.uc_link = &main_context;
  makecontext(&other, coroutine, 0);
  for (int i = 0; i < 1000; ++i)
    swapcontext(&main_context, &other);
  printf("switches %d\n", switches);

  clockid_t clocks[] = {CLOCK_REALTIME,          CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW,
                        CLOCK_REALTIME_COARSE,   CLOCK_BOOTTIME,  CLOCK_PROCESS_CPUTIME_ID,
                        CLOCK_THREAD_CPUTIME_ID, CLOCK_TAI};
  for (size_t i = 0; i < sizeof clocks / sizeof *clocks; ++i) {
    struct timespec t, raw;
    assert(clock_gettime(clocks[i], &t) == 0 && syscall(SYS_clock_gettime, clocks[i], &raw) == 0);
    assert(raw.tv_sec - t.tv_sec <= 1 && clock_getres(clocks[i], &t) == 0);
  }
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += 2000000;
  if (until.tv_nsec >= 1000000000)
    until.tv_nsec -= 1000000000, ++until.tv_sec;
  assert(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == 0);
  struct timeval tv;
  struct rusage usage;
  assert(gettimeofday(&tv, NULL) == 0 && getrusage(RUSAGE_SELF, &usage) == 0 &&
         getrusage(RUSAGE_THREAD, &usage) == 0);
  struct tm tm;
  time_t when = 1700000000;
  char text[64];
  setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  tzset();
  strftime(text, sizeof text, "%F %T %Z", localtime_r(&when, &tm));
  puts(text);
}
