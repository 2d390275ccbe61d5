// SPDX-License-Identifier: Apache-2.0
#include "clone.hpp"

#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

namespace sandbox::init {
namespace {

// In .bss: only pages that are used are ever made.
alignas(16) char program_stack[64 << 10];
alignas(16) char init_stack[512 << 10];

#if defined(__x86_64__)
/// The child of the system call returns onto its own stack, so it must not return at all.
long call_onto_stack(long number, long first, long second, std::uint64_t sixth,
                     int (*function)(void*), void* argument) noexcept {
  long result = number;
  register std::uint64_t unread asm("r9") = sixth;
  register void* entry asm("r12") = reinterpret_cast<void*>(function);
  register void* subject asm("r13") = argument;
  asm volatile("syscall\n\t"
               "test %%rax, %%rax\n\t"
               "jnz 1f\n\t"
               "xor %%ebp, %%ebp\n\t"
               "mov %%r13, %%rdi\n\t"
               "call *%%r12\n\t"
               "mov %%eax, %%edi\n\t"
               "mov %[exit], %%eax\n\t"
               "syscall\n\t"
               "1:"
               : "+a"(result)
               : "D"(first), "S"(second), "r"(unread), "r"(entry),
                 "r"(subject), [exit] "i"(SYS_exit)
               : "rcx", "r11", "memory", "cc");
  return result;
}
#elif defined(__aarch64__)
long call_onto_stack(long number, long first, long second, std::uint64_t sixth,
                     int (*function)(void*), void* argument) noexcept {
  register long x0 asm("x0") = first;
  register long x1 asm("x1") = second;
  register std::uint64_t x5 asm("x5") = sixth;
  register long x8 asm("x8") = number;
  register void* entry asm("x10") = reinterpret_cast<void*>(function);
  register void* subject asm("x11") = argument;
  asm volatile("svc #0\n\t"
               "cbnz x0, 1f\n\t"
               "mov x29, xzr\n\t"
               "mov x0, x11\n\t"
               "blr x10\n\t"
               "mov x8, %[exit]\n\t"
               "svc #0\n\t"
               "1:"
               : "+r"(x0)
               : "r"(x1), "r"(x5), "r"(x8), "r"(entry), "r"(subject), [exit] "i"(SYS_exit)
               : "memory", "cc");
  return x0;
}
#else
#error "call_onto_stack is written for x86-64 and aarch64"
#endif

long with_errno(long result) noexcept {
  if (result < 0) {
    errno = static_cast<int>(-result);
    return -1;
  }
  return result;
}

long start(clone_args& args, std::uint64_t token, int (*function)(void*), void* argument) noexcept {
  return with_errno(call_onto_stack(SYS_clone3, reinterpret_cast<long>(&args), sizeof args, token,
                                    function, argument));
}

} // namespace

long clone_process(unsigned long namespaces, int* pidfd) noexcept {
  clone_args args{};
  args.flags = namespaces | (pidfd != nullptr ? CLONE_PIDFD : 0);
  args.pidfd = reinterpret_cast<std::uint64_t>(pidfd);
  args.exit_signal = SIGCHLD;
  return ::syscall(SYS_clone3, &args, sizeof args);
}

long clone_vfork(int (*function)(void*), void* argument, int cgroup, std::uint64_t token) noexcept {
  if (cgroup < 0) {
    // Not clone3, which the filter of a container keeps from init as well.
    return with_errno(call_onto_stack(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD,
                                      reinterpret_cast<long>(program_stack + sizeof program_stack),
                                      0, function, argument));
  }
  clone_args args{};
  args.flags = CLONE_VM | CLONE_VFORK | CLONE_INTO_CGROUP;
  args.exit_signal = SIGCHLD;
  args.stack = reinterpret_cast<std::uint64_t>(program_stack);
  args.stack_size = sizeof program_stack;
  args.cgroup = static_cast<std::uint64_t>(cgroup);
  return start(args, token, function, argument);
}

long clone_sharing_memory(unsigned long namespaces, std::uint64_t token, int (*function)(void*),
                          void* argument) noexcept {
  clone_args args{};
  args.flags = CLONE_VM | namespaces;
  args.exit_signal = SIGCHLD;
  args.stack = reinterpret_cast<std::uint64_t>(init_stack);
  args.stack_size = sizeof init_stack;
  return start(args, token, function, argument);
}

} // namespace sandbox::init
