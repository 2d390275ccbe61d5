// Memory between processes: shm_open, System V, memfd with seals, named and process-shared
// semaphores, remaps, advice.
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
  pthread_mutex_t mutex;
  sem_t semaphore;
  int count;
};

int main(void) {
  int fd = shm_open("/corpus", O_CREAT | O_EXCL | O_RDWR, 0600);
  assert(fd >= 0 && ftruncate(fd, sizeof(struct shared)) == 0);
  struct shared* shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  assert(shared != MAP_FAILED && shm_unlink("/corpus") == 0);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&shared->mutex, &attributes);
  sem_init(&shared->semaphore, 1, 0);
  for (int i = 0; i < 8; ++i)
    if (fork() == 0) {
      for (int n = 0; n < 500; ++n) {
        pthread_mutex_lock(&shared->mutex);
        ++shared->count;
        pthread_mutex_unlock(&shared->mutex);
      }
      sem_post(&shared->semaphore);
      _exit(0);
    }
  for (int i = 0; i < 8; ++i)
    assert(sem_wait(&shared->semaphore) == 0);
  while (wait(NULL) > 0) {
  }
  printf("posix %d\n", shared->count);

  sem_t* named = sem_open("/corpus", O_CREAT | O_EXCL, 0600, 0);
  assert(named != SEM_FAILED);
  if (fork() == 0) {
    sem_t* other = sem_open("/corpus", 0);
    assert(other != SEM_FAILED);
    sem_post(other);
    _exit(0);
  }
  assert(sem_wait(named) == 0 && sem_unlink("/corpus") == 0);
  wait(NULL);
  puts("named semaphore");

  int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  assert(id >= 0);
  char* text = shmat(id, NULL, 0);
  assert(text != (void*)-1 && shmctl(id, IPC_RMID, NULL) == 0);
  int set = semget(IPC_PRIVATE, 1, 0600), queue = msgget(IPC_PRIVATE, 0600);
  assert(set >= 0 && queue >= 0);
  struct {
    long type;
    char text[16];
  } message = {7, "message"};
  if (fork() == 0) {
    strcpy(text, "system v");
    assert(msgsnd(queue, &message, sizeof message.text, 0) == 0);
    _exit(semop(set, &(struct sembuf){0, 1, 0}, 1));
  }
  assert(semop(set, &(struct sembuf){0, -1, 0}, 1) == 0);
  assert(msgrcv(queue, &message, sizeof message.text, 7, 0) == sizeof message.text);
  wait(NULL);
  printf("%s %s\n", text, message.text);
  shmdt(text);
  semctl(set, 0, IPC_RMID);
  msgctl(queue, IPC_RMID, NULL);

  struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 32};
  mqd_t mq = mq_open("/corpus", O_CREAT | O_RDWR, 0600, &attr);
  assert(mq != (mqd_t)-1 && mq_unlink("/corpus") == 0);
  if (fork() == 0) {
    assert(mq_send(mq, "low", 4, 1) == 0 && mq_send(mq, "high", 5, 2) == 0);
    _exit(0);
  }
  wait(NULL);
  char buffer[32];
  unsigned priority;
  assert(mq_receive(mq, buffer, sizeof buffer, &priority) == 5);
  printf("queue %s %u\n", buffer, priority);
  mq_close(mq);

  fd = memfd_create("corpus", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  assert(fd >= 0 && write(fd, "sealed", 6) == 6);
  assert(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK) == 0);
  assert(write(fd, "x", 1) == -1 && errno == EPERM);
  puts("sealed");

  size_t size = 1 << 20;
  char* block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(block, 'x', size);
  block = mremap(block, size, 8 * size, MREMAP_MAYMOVE);
  assert(block != MAP_FAILED && block[size - 1] == 'x' && block[size] == 0);
  assert(madvise(block, 8 * size, MADV_DONTNEED) == 0 && block[0] == 0);
  assert(madvise(block, 8 * size, MADV_HUGEPAGE) == 0 || errno == EINVAL);
  assert(madvise(block, 8 * size, MADV_FREE) == 0 && mprotect(block, size, PROT_NONE) == 0);
  unsigned char resident[256];
  assert(mincore(block + size, 256 * 4096, resident) == 0);
  assert(mlock(block + size, 4096) == 0 ||
         errno == EPERM); // A box may lock no memory; programs must live with that anywhere.
  assert(msync(block + size, 4096, MS_ASYNC) == 0 && munmap(block, 8 * size) == 0);
  void* huge = mmap(NULL, 1ul << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  assert(huge != MAP_FAILED);
  puts("reserved 1 TiB");
}
