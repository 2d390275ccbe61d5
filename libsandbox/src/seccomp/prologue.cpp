// SPDX-License-Identifier: Apache-2.0
#include "seccomp/prologue.hpp"

#include <linux/seccomp.h>

#include <algorithm>
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

  /// A jump of any length, whose target is given by a later land(); a conditional one reaches only
  /// 255 instructions.
  std::size_t far_jump() {
    emit(BPF_JMP | BPF_JA, 0);
    return code_.size() - 1;
  }
  void land(std::size_t from) {
    code_[from].k = static_cast<std::uint32_t>(code_.size() - from - 1);
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

/// A search tree over the numbers, because the kernel walks the filter once for every number there
/// is when it is loaded. Appends to `misses` the jumps of calls that no rule is for.
void emit_tree(Assembler& code, std::span<const NumberedRule> rules,
               std::vector<std::size_t>& misses) {
  if (rules.size() > 1) {
    const std::size_t half = rules.size() / 2;
    code.jump(BPF_JGE, rules[half].number, 0, 1);
    const std::size_t upper = code.far_jump();
    emit_tree(code, rules.first(half), misses);
    code.land(upper);
    emit_tree(code, rules.subspan(half), misses);
    return;
  }
  code.jump(BPF_JEQ, rules.front().number, 1, 0);
  misses.push_back(code.far_jump());
  for (const Clause& clause : rules.front().rule.clauses) {
    emit_clause(code, clause);
  }
  code.finish(rules.front().rule.otherwise);
}

} // namespace

std::vector<sock_filter> compile_prologue(std::uint32_t architecture,
                                          std::vector<NumberedRule> rules) {
  if (rules.empty()) {
    return {};
  }
  std::ranges::sort(rules, {}, &NumberedRule::number);
  Assembler code;
  code.load(offsetof(seccomp_data, arch));
  code.jump(BPF_JEQ, architecture, 1, 0);
  std::vector<std::size_t> misses{code.far_jump()};
  code.load(offsetof(seccomp_data, nr));
  emit_tree(code, rules, misses);
  for (const std::size_t miss : misses) {
    code.land(miss);
  }
  return code.take();
}

} // namespace sandbox::seccomp
