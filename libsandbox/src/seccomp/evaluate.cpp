// SPDX-License-Identifier: Apache-2.0
#include "seccomp/evaluate.hpp"

#include <sandbox/error.hpp>

#include <cstring>

namespace sandbox::seccomp {
namespace {

[[noreturn]] void refuse() {
  throw Error(ErrorCode::setup_failed, "seccomp filter",
              "libseccomp emitted what is not understood");
}

std::uint32_t load(const seccomp_data& call, std::uint32_t offset) {
  std::uint32_t word = 0;
  if (offset > sizeof call - sizeof word) {
    refuse();
  }
  std::memcpy(&word, reinterpret_cast<const char*>(&call) + offset, sizeof word);
  return word;
}

} // namespace

Action evaluate(std::span<const sock_filter> program, const seccomp_data& call) {
  std::uint32_t word = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& step = program[at];
    switch (step.code) {
    case BPF_LD | BPF_W | BPF_ABS:
      word = load(call, step.k);
      break;
    case BPF_JMP | BPF_JA:
      at += step.k;
      break;
    case BPF_JMP | BPF_JEQ | BPF_K:
      at += word == step.k ? step.jt : step.jf;
      break;
    case BPF_JMP | BPF_JGT | BPF_K:
      at += word > step.k ? step.jt : step.jf;
      break;
    case BPF_JMP | BPF_JGE | BPF_K:
      at += word >= step.k ? step.jt : step.jf;
      break;
    case BPF_RET | BPF_K:
      return step.k;
    default:
      refuse();
    }
  }
  refuse();
}

} // namespace sandbox::seccomp
