// SPDX-License-Identifier: Apache-2.0
//
// What init needs for its own work in a container that a program has filled with files: they stay
// when it is ended, the kernel then takes init's own code out of memory, and there is nothing left
// to charge a directory entry to. The next to be ended is init.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sandbox::init {

/// Keeps the program text of this process in memory, where RLIMIT_MEMLOCK allows for it.
void keep_text_in_memory() noexcept;

/// Memory that is held until then. Once for a box.
class Reserve {
 public:
  static constexpr std::size_t bytes = 256 << 10;

  void take() noexcept;
  void give_back() noexcept;
  std::uint64_t bytes_given_back() const noexcept { return given_back_ ? bytes : 0; }

 private:
  void* memory_{nullptr};
  bool given_back_{false};
};

} // namespace sandbox::init
