// SPDX-License-Identifier: Apache-2.0
#include "filter.hpp"

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace sandbox::init {
namespace {

/// By raw call: from here the filter holds for us as well. Before Linux 5.16 a filter would also
/// slow the program down by switching speculation off; boxes share no memory that this would
/// protect.
long load(const sock_fprog& filter, unsigned long flags) noexcept {
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW | flags,
                   &filter);
}

} // namespace

sock_fprog filter_program(std::string_view bytes) noexcept {
  return {static_cast<unsigned short>(bytes.size() / sizeof(sock_filter)),
          reinterpret_cast<sock_filter*>(const_cast<char*>(bytes.data()))};
}

Outcome load_filter(const sock_fprog& filter) noexcept {
  return check(load(filter, 0), "seccomp");
}

Outcome load_watching_filter(const sock_fprog& filter, int& listener) noexcept {
  // From Linux 5.19 on a call that we have heard of is not interrupted by a signal of the
  // program's.
  constexpr unsigned long killable = 1UL << 5; // SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
  long descriptor = load(filter, SECCOMP_FILTER_FLAG_NEW_LISTENER | killable);
  if (descriptor < 0 && errno == EINVAL) {
    descriptor = load(filter, SECCOMP_FILTER_FLAG_NEW_LISTENER);
  }
  listener = static_cast<int>(descriptor);
  return check(descriptor, "seccomp");
}

} // namespace sandbox::init
