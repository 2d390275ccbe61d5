// SPDX-License-Identifier: Apache-2.0
//
// The smallest program there is: what launching costs when nothing is run.
void _start(void) {
#if defined(__x86_64__)
  __asm__ volatile("mov $60, %eax\n\txor %edi, %edi\n\tsyscall");
#elif defined(__aarch64__)
  __asm__ volatile("mov x8, #93\n\tmov x0, #0\n\tsvc #0");
#endif
}
