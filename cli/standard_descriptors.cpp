// SPDX-License-Identifier: Apache-2.0
#include "standard_descriptors.hpp"

#include "exit_status.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace sandbox::cli {

void fill_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    // The lowest free number is taken, which is `fd`: those below it are open.
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDONLY) != fd) {
      ::_exit(own_error_status);
    }
  }
}

} // namespace sandbox::cli
