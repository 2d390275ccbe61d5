// Hot loops and the heap: qsort of big data, a sieve, matrices, a hash table, malloc from many
// threads, big frames.
#define _GNU_SOURCE
#include <assert.h>
#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static uint64_t state = 88172645463325252ull;
static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}
static int compare(const void* a, const void* b) {
  uint64_t x = *(const uint64_t*)a, y = *(const uint64_t*)b;
  return (x > y) - (x < y);
}
static void* churn(void* seed) {
  unsigned random = (unsigned)(long)seed;
  char* blocks[200] = {0};
  long sum = 0;
  for (int i = 0; i < 20000; ++i) {
    int at = rand_r(&random) % 200;
    size_t size = 1 + (size_t)rand_r(&random) % (i % 1000 == 0 ? 500000 : 2000);
    blocks[at] = realloc(blocks[at], size);
    assert(blocks[at]);
    blocks[at][0] = blocks[at][size - 1] = (char)at;
    sum += blocks[at][0];
  }
  for (int i = 0; i < 200; ++i)
    free(blocks[i]);
  malloc_trim(0);
  return (void*)sum;
}
static double frame(int n) {
  volatile double big[100000];
  for (int i = 0; i < 100000; i += 512)
    big[i] = i + n;
  return n == 0 ? big[512] : frame(n - 1) + big[0];
}

int main(void) {
  enum { COUNT = 1000000 };
  uint64_t* numbers = malloc(COUNT * sizeof *numbers);
  for (int i = 0; i < COUNT; ++i)
    numbers[i] = next();
  qsort(numbers, COUNT, sizeof *numbers, compare);
  for (int i = 1; i < COUNT; ++i)
    assert(numbers[i - 1] <= numbers[i]);
  assert(bsearch(&numbers[777], numbers, COUNT, sizeof *numbers, compare) == &numbers[777]);
  free(numbers);
  puts("sorted");

  enum { LIMIT = 5000000 };
  unsigned char* composite = calloc(LIMIT, 1);
  int primes = 0;
  for (long i = 2; i < LIMIT; ++i) {
    if (composite[i])
      continue;
    ++primes;
    for (long j = i * i; j < LIMIT; j += i)
      composite[j] = 1;
  }
  free(composite);
  printf("primes %d\n", primes);

  enum { N = 200 };
  static double a[N][N], b[N][N], c[N][N];
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < N; ++j)
      a[i][j] = i + j, b[i][j] = i == j;
  for (int i = 0; i < N; ++i)
    for (int k = 0; k < N; ++k)
      for (int j = 0; j < N; ++j)
        c[i][j] += a[i][k] * b[k][j];
  assert(memcmp(a, c, sizeof a) == 0);
  puts("matrix");

  pthread_t threads[8];
  for (long i = 0; i < 8; ++i)
    pthread_create(&threads[i], NULL, churn, (void*)(i + 1));
  for (int i = 0; i < 8; ++i)
    pthread_join(threads[i], NULL);
  puts("churned");
  assert(hcreate(3000));
  static char keys[2000][8];
  for (long i = 0; i < 2000; ++i) {
    snprintf(keys[i], 8, "k%ld", i);
    assert(hsearch((ENTRY){keys[i], (void*)i}, ENTER));
  }
  assert(hsearch((ENTRY){"k1234", NULL}, FIND)->data == (void*)1234 &&
         !hsearch((ENTRY){"none", NULL}, FIND));
  void* aligned;
  assert(posix_memalign(&aligned, 1 << 16, 100) == 0 && (uintptr_t)aligned % (1 << 16) == 0);
  free(aligned);
  unsigned char random[32] = {0}, zero[32] = {0};
  assert(getrandom(random, 32, 0) == 32 && memcmp(random, zero, 32) != 0 &&
         getentropy(random, 32) == 0);
  printf("frames %.0f\n", frame(30));
  unsigned __int128 product = 1;
  for (int i = 2; i <= 33; ++i)
    product *= (unsigned)i;
  printf("33! = %llu%018llu\n", (unsigned long long)(product / 1000000000000000000ull),
         (unsigned long long)(product % 1000000000000000000ull));
  double sum = 0;
  for (int i = 1; i < 2000000; ++i)
    sum += 1.0 / ((double)i * i);
  printf("%.6f %.6f\n", sum, M_PI * M_PI / 6);
}
