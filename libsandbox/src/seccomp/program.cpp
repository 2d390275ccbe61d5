// SPDX-License-Identifier: Apache-2.0
#include "seccomp/program.hpp"

#include <linux/seccomp.h>

#include <bit>
#include <cstddef>
#include <span>
#include <utility>

namespace sandbox::seccomp {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the low half of an argument comes first");

class Assembler {
 public:
  void load(std::size_t offset) { emit(BPF_LD | BPF_W | BPF_ABS, offset); }

  /// Jumps over `if_true` or `if_false` of the instructions that follow.
  void jump(unsigned test, std::uint32_t value, std::size_t if_true, std::size_t if_false) {
    emit(BPF_JMP | test | BPF_K, value);
    code_.back().jt = static_cast<std::uint8_t>(if_true);
    code_.back().jf = static_cast<std::uint8_t>(if_false);
  }

  void mask(std::uint32_t bits) { emit(BPF_ALU | BPF_AND | BPF_K, bits); }
  void finish(Action action) { emit(BPF_RET | BPF_K, action); }

  /// Jumps when the word is at least `value`, to where a later land() says.
  std::size_t branch_at_least(std::uint32_t value) {
    jump(BPF_JGE, value, 0, 0);
    return code_.size() - 1;
  }
  /// A conditional jump reaches 255 instructions; where that is not enough, one that reaches any
  /// distance is put behind the branch.
  void land(std::size_t branch) {
    std::size_t distance = code_.size() - branch - 1;
    if (distance <= 255) {
      code_[branch].jt = static_cast<std::uint8_t>(distance);
      return;
    }
    code_[branch].jf = 1;
    code_.insert(code_.begin() + static_cast<std::ptrdiff_t>(branch) + 1,
                 sock_filter{BPF_JMP | BPF_JA, 0, 0, static_cast<std::uint32_t>(distance)});
  }

  std::vector<sock_filter> take() { return std::move(code_); }

 private:
  void emit(unsigned code, std::size_t operand) {
    code_.push_back({static_cast<std::uint16_t>(code), 0, 0, static_cast<std::uint32_t>(operand)});
  }

  std::vector<sock_filter> code_;
};

constexpr std::uint32_t whole_word = 0xffffffff;

std::size_t length(const Check& check) {
  return check.mask == whole_word ? 2 : 3;
}

void emit_clause(Assembler& code, const Clause& clause) {
  std::size_t rest = 1;
  for (const Check& check : clause.all) {
    rest += length(check);
  }
  for (const Check& check : clause.all) {
    rest -= length(check);
    code.load(offsetof(seccomp_data, args) + sizeof(std::uint64_t) * check.argument);
    if (check.mask != whole_word) {
      code.mask(check.mask);
    }
    code.jump(BPF_JEQ, check.value, 0, rest);
  }
  code.finish(clause.action);
}

void emit_leaf(Assembler& code, const Range& range) {
  if (!range.rule) {
    code.finish(range.action);
    return;
  }
  for (const Clause& clause : range.rule->clauses) {
    emit_clause(code, clause);
  }
  code.finish(range.rule->otherwise);
}

void emit_tree(Assembler& code, std::span<const Range> ranges) {
  if (ranges.size() == 1) {
    emit_leaf(code, ranges.front());
    return;
  }
  const std::size_t half = ranges.size() / 2;
  const std::size_t branch = code.branch_at_least(ranges[half].first);
  emit_tree(code, ranges.first(half));
  code.land(branch);
  emit_tree(code, ranges.subspan(half));
}

} // namespace

std::vector<sock_filter> compile_program(std::uint32_t architecture, Action foreign,
                                         const std::vector<Range>& ranges) {
  Assembler code;
  code.load(offsetof(seccomp_data, arch));
  code.jump(BPF_JEQ, architecture, 1, 0);
  code.finish(foreign);
  code.load(offsetof(seccomp_data, nr));
  emit_tree(code, ranges);
  return code.take();
}

} // namespace sandbox::seccomp
