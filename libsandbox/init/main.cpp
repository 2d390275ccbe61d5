// SPDX-License-Identifier: Apache-2.0
//
// sandbox-init: one static executable that plays every part between the supervisor and the program.
//   sandbox-init guard              native backend; control socket on descriptor 3
//   sandbox-init container SECONDS  docker backend; stream on descriptors 0 and 1
#include "container.hpp"
#include "guard.hpp"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

namespace {

constexpr int control_descriptor = 3;

/// The application may ignore or block signals; nothing of that may reach the program. By raw call:
/// the library hides the two signals that it uses itself, which can be inherited as ignored too.
void reset_signals() noexcept {
  constexpr int signals = 64;
  constexpr unsigned long mask_size = signals / 8;
  const unsigned long standard[4]{}; // the kernel's own struct: SIG_DFL, no flags, no mask
  for (int signal = 1; signal <= signals; ++signal) {
    syscall(SYS_rt_sigaction, signal, standard, nullptr, mask_size);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

} // namespace

int main(int argc, char** argv) {
  const bool guard = argc == 2 && std::strcmp(argv[1], "guard") == 0;
  const bool container = argc == 3 && std::strcmp(argv[1], "container") == 0;
  if (!guard && !container) {
    constexpr char text[] = "sandbox-init is started by libsandbox\n";
    [[maybe_unused]] const long written = write(2, text, sizeof text - 1);
    return 2;
  }
  reset_signals();
  prctl(PR_SET_NAME, "sandbox-init", 0, 0, 0); // executed from a memfd, the name would be a number
  if (close_range(guard ? control_descriptor + 1 : control_descriptor, ~0U, 0) != 0) {
    return 1;
  }
  if (container) {
    const auto lifetime_s = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10));
    return lifetime_s == 0 ? 2 : sandbox::init::run_container(lifetime_s);
  }
  return sandbox::init::run_guard(control_descriptor);
}
