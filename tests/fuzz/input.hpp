// SPDX-License-Identifier: Apache-2.0
//
// What the targets share: an input read as choices and bytes, and checks that end the run.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sandbox::fuzz {

/// libFuzzer keeps the input that led here.
inline void check(bool holds) {
  if (!holds) {
    __builtin_trap();
  }
}

/// An input: a byte for each choice, then what the other side says.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : bytes_(reinterpret_cast<const char*>(data), size) {}

  /// 0 to `count` - 1; 0 when nothing is left.
  unsigned choose(unsigned count) {
    if (at_ == bytes_.size()) {
      return 0;
    }
    return static_cast<std::uint8_t>(bytes_[at_++]) % count;
  }
  bool at_end() const { return at_ == bytes_.size(); }
  std::string_view rest() const { return std::string_view(bytes_).substr(at_); }

 private:
  std::string bytes_; // of its very size, so that a read beyond the end is seen
  std::size_t at_{0};
};

/// A descriptor that leaks makes this grow.
inline int lowest_free_descriptor() {
  const int descriptor = ::dup(STDERR_FILENO);
  ::close(descriptor);
  return descriptor;
}

/// Fails when a descriptor was opened and not closed meanwhile.
class DescriptorsKept {
 public:
  DescriptorsKept() : before_(lowest_free_descriptor()) {}
  DescriptorsKept(const DescriptorsKept&) = delete;
  DescriptorsKept& operator=(const DescriptorsKept&) = delete;
  ~DescriptorsKept() { check(lowest_free_descriptor() == before_); }

 private:
  int before_;
};

} // namespace sandbox::fuzz
