// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sandbox::init {

/// A system call that leaves errno alone, which a slot has in common with its init: a negated errno
/// is what it returns.
inline long raw_call(long number, long first, long second, long third) noexcept {
#if defined(__x86_64__)
  long result = number;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(first), "S"(second), "d"(third)
               : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x0 asm("x0") = first;
  register long x1 asm("x1") = second;
  register long x2 asm("x2") = third;
  register long x8 asm("x8") = number;
  asm volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x8) : "memory");
  return x0;
#else
#error "raw_call is written for x86-64 and aarch64"
#endif
}

} // namespace sandbox::init
