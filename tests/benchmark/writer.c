// SPDX-License-Identifier: Apache-2.0
//
// writer BYTES: so many bytes to stdout, 64 KiB at a time, without making or looking at them.
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char** argv) {
  static char block[64 << 10];
  if (argc != 2) {
    return 2;
  }
  for (unsigned long long left = strtoull(argv[1], NULL, 10); left > 0;) {
    const ssize_t written = write(STDOUT_FILENO, block, left < sizeof block ? left : sizeof block);
    if (written < 0) {
      return 1;
    }
    left -= (unsigned long long)written;
  }
  return 0;
}
