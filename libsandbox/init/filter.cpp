// SPDX-License-Identifier: Apache-2.0
#include "filter.hpp"

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sandbox::init {

sock_fprog filter_program(std::string_view bytes) noexcept {
  return {static_cast<unsigned short>(bytes.size() / sizeof(sock_filter)),
          reinterpret_cast<sock_filter*>(const_cast<char*>(bytes.data()))};
}

/// By raw call: from here the filter holds for us as well. Before Linux 5.16 a filter would also
/// slow the program down by switching speculation off; boxes share no memory that this would
/// protect.
Outcome load_filter(const sock_fprog& filter) noexcept {
  return check(
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter),
      "seccomp");
}

} // namespace sandbox::init
