// SPDX-License-Identifier: Apache-2.0
//
// Makes itself as unlikely a victim as it may, and everything around it as large as it can, so that
// the kernel is left with init to choose.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void shun_the_killer(void) {
  for (int score = -1000; score < 1000; ++score) {
    char text[16];
    const int size = snprintf(text, sizeof text, "%d", score);
    const int fd = open("/proc/self/oom_score_adj", O_WRONLY);
    const ssize_t written = write(fd, text, (size_t)size);
    close(fd);
    if (written == size) {
      return;
    }
  }
}

static void fill(const char* directory, int number) {
  static char block[4096];
  char path[64];
  memset(block, 1, sizeof block);
  snprintf(path, sizeof path, "%s/f%d", directory, number);
  const int fd = open(path, O_WRONLY | O_CREAT, 0600);
  for (int i = 0; i < 4096 && write(fd, block, sizeof block) > 0; ++i) {
  }
  close(fd);
}

int main(void) {
  shun_the_killer();
  for (int i = 0; i < 40; ++i) {
    if (fork() == 0) {
      for (int round = 0;; ++round) {
        fill(i % 2 != 0 ? "/tmp" : "/dev/shm", i + 100 * round);
      }
    }
  }
  for (;;) {
    pause();
  }
}
