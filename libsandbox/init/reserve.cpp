// SPDX-License-Identifier: Apache-2.0
#include "reserve.hpp"

#include <sys/mman.h>

#include <cstdint>

// Of the linker (end(3)): the first byte of the program, and the one behind its initialised data.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern const char __executable_start;
extern const char edata;

namespace sandbox::init {

void keep_text_in_memory() noexcept {
  const auto begin = reinterpret_cast<std::uintptr_t>(&__executable_start);
  const auto end = reinterpret_cast<std::uintptr_t>(&edata);
  static_cast<void>(::mlock(&__executable_start, end - begin));
}

void Reserve::take() noexcept {
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  memory_ = memory == MAP_FAILED ? nullptr : memory;
}

void Reserve::give_back() noexcept {
  if (memory_ != nullptr) {
    given_back_ = ::munmap(memory_, bytes) == 0;
    memory_ = nullptr;
  }
}

} // namespace sandbox::init
