// POSIX threads: mutexes of all kinds, conditions, barriers, read-write locks, once, keys,
// cancellation, C11 threads.
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

enum { THREADS = 48, TIMES = 2000 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static long guarded, spun, turn;
static atomic_long free_for_all;
static _Thread_local int own;
static sem_t semaphore;

static void* count(void* argument) {
  own = (int)(long)argument;
  for (int i = 0; i < TIMES; ++i) {
    pthread_mutex_lock(&mutex);
    ++guarded;
    pthread_mutex_unlock(&mutex);
    atomic_fetch_add(&free_for_all, 1);
  }
  pthread_spin_lock(&spin);
  ++spun;
  pthread_spin_unlock(&spin);
  int serial = pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
  pthread_rwlock_rdlock(&rwlock);
  assert(guarded == THREADS * (long)TIMES);
  pthread_rwlock_unlock(&rwlock);
  assert(own == (int)(long)argument);
  return (void*)(long)serial;
}

static void* take_turn(void* argument) {
  for (long round = 0; round < 100; ++round) {
    pthread_mutex_lock(&mutex);
    while (turn % 4 != (long)argument)
      pthread_cond_wait(&condition, &mutex);
    ++turn;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
  }
  return NULL;
}

static int cleaned;
static void clean(void* unused) {
  (void)unused;
  cleaned = 1;
}
static void* forever(void* unused) {
  pthread_cleanup_push(clean, unused);
  sem_post(&semaphore);
  for (;;)
    nanosleep(&(struct timespec){.tv_sec = 60}, NULL);
  pthread_cleanup_pop(0);
}
static void destroy(void* value) {
  atomic_fetch_add((atomic_long*)value, 1);
}
static pthread_key_t key;
static atomic_long destroyed;
static void* keep(void* unused) {
  (void)unused;
  pthread_setspecific(key, &destroyed);
  return NULL;
}
static int onces;
static void once(void) {
  ++onces;
}
static int c11(void* n) {
  static once_flag flag = ONCE_FLAG_INIT;
  call_once(&flag, once);
  return *(int*)n * 2;
}
static void* hold(void* robust) {
  pthread_mutex_lock(robust);
  return NULL;
}

int main(void) {
  pthread_t threads[THREADS];
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 64 << 10);
  pthread_barrier_init(&barrier, NULL, THREADS);
  pthread_spin_init(&spin, 0);
  for (long i = 0; i < THREADS; ++i)
    assert(pthread_create(&threads[i], &small, count, (void*)i) == 0);
  long serial = 0;
  for (int i = 0; i < THREADS; ++i) {
    void* answer;
    assert(pthread_join(threads[i], &answer) == 0);
    serial += (long)answer;
  }
  assert(serial == 1 && spun == THREADS);
  printf("counted %ld %ld\n", guarded, atomic_load(&free_for_all));
  for (long i = 0; i < 4; ++i)
    pthread_create(&threads[i], NULL, take_turn, (void*)i);
  for (int i = 0; i < 4; ++i)
    pthread_join(threads[i], NULL);
  printf("turns %ld\n", turn);

  sem_init(&semaphore, 0, 0);
  pthread_create(&threads[0], NULL, forever, NULL);
  sem_wait(&semaphore);
  pthread_cancel(threads[0]);
  void* answer;
  pthread_join(threads[0], &answer);
  assert(answer == PTHREAD_CANCELED && cleaned);
  puts("cancelled");

  pthread_key_create(&key, destroy);
  for (int i = 0; i < 8; ++i)
    pthread_create(&threads[i], NULL, keep, NULL);
  for (int i = 0; i < 8; ++i)
    pthread_join(threads[i], NULL);
  printf("destroyed %ld\n", atomic_load(&destroyed));

  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  pthread_mutex_t robust;
  assert(pthread_mutex_init(&robust, &attributes) == 0);
  pthread_create(&threads[0], NULL, hold, &robust);
  pthread_join(threads[0], NULL);
  assert(pthread_mutex_lock(&robust) == EOWNERDEAD && pthread_mutex_consistent(&robust) == 0);
  pthread_mutex_unlock(&robust);
  puts("robust");

  struct timespec soon;
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_nsec += 5000000;
  if (soon.tv_nsec >= 1000000000)
    soon.tv_nsec -= 1000000000, ++soon.tv_sec;
  assert(sem_timedwait(&semaphore, &soon) == -1 && errno == ETIMEDOUT);

  thrd_t modern[8];
  int numbers[8], sum = 0;
  for (int i = 0; i < 8; ++i)
    numbers[i] = i, thrd_create(&modern[i], c11, &numbers[i]);
  for (int i = 0; i < 8; ++i) {
    int result;
    thrd_join(modern[i], &result);
    sum += result;
  }
  printf("c11 %d %d\n", sum, onces);
  for (int round = 0; round < 2000; ++round) {
    assert(pthread_create(&threads[0], NULL, keep, NULL) == 0);
    pthread_join(threads[0], NULL);
  }
  printf("short lives %ld\n", atomic_load(&destroyed));
}
