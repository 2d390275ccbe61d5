// SPDX-License-Identifier: Apache-2.0
//
// What the kernel does with a filter, without the kernel: calls that would hurt can be asked about.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace sandbox::test {

class BpfMachine {
 public:
  BpfMachine(const std::vector<sock_filter>& program, const seccomp_data& data)
      : program_(program), data_(data) {}

  /// The filter's return value. Throws std::runtime_error where the kernel would refuse the filter.
  std::uint32_t run() {
    while (at_ < program_.size()) {
      const sock_filter& instruction = program_[at_++];
      if (instruction.code == (BPF_RET | BPF_K)) {
        return instruction.k;
      }
      step(instruction);
    }
    throw std::runtime_error("ran off the end of the filter");
  }

 private:
  void step(const sock_filter& instruction) {
    switch (instruction.code) {
    case BPF_LD | BPF_W | BPF_ABS:
      load(instruction.k);
      return;
    case BPF_ALU | BPF_AND | BPF_K:
      accumulator_ &= instruction.k;
      return;
    case BPF_ALU | BPF_XOR | BPF_K:
      accumulator_ ^= instruction.k;
      return;
    case BPF_ALU | BPF_OR | BPF_X:
      accumulator_ |= index_;
      return;
    case BPF_MISC | BPF_TAX:
      index_ = accumulator_;
      return;
    case BPF_JMP | BPF_JA:
      at_ += instruction.k;
      return;
    default:
      at_ += holds(instruction) ? instruction.jt : instruction.jf;
    }
  }

  void load(std::uint32_t offset) {
    if (offset % sizeof accumulator_ != 0 || offset + sizeof accumulator_ > sizeof data_) {
      throw std::runtime_error("load outside seccomp_data");
    }
    std::memcpy(&accumulator_, reinterpret_cast<const char*>(&data_) + offset, sizeof accumulator_);
  }

  bool holds(const sock_filter& instruction) const {
    switch (instruction.code) {
    case BPF_JMP | BPF_JEQ | BPF_K:
      return accumulator_ == instruction.k;
    case BPF_JMP | BPF_JGE | BPF_K:
      return accumulator_ >= instruction.k;
    case BPF_JMP | BPF_JGT | BPF_K:
      return accumulator_ > instruction.k;
    case BPF_JMP | BPF_JSET | BPF_K:
      return (accumulator_ & instruction.k) != 0;
    default:
      throw std::runtime_error("unknown instruction");
    }
  }

  const std::vector<sock_filter>& program_;
  seccomp_data data_;
  std::uint32_t accumulator_{0};
  std::uint32_t index_{0};
  std::size_t at_{0};
};

} // namespace sandbox::test
