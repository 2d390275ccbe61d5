// SPDX-License-Identifier: Apache-2.0
#include "seccomp/program.hpp"

#include <linux/seccomp.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <map>
#include <span>

namespace sandbox::seccomp {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the low half of an argument comes first");

constexpr std::size_t farthest = 255; // that a conditional jump reaches
constexpr std::uint32_t whole_word = 0xffffffff;

/// Writes the program from its end to its beginning, so that every jump goes to what is already
/// there and answers can be shared. Places count from the end.
class BackwardAssembler {
 public:
  using Place = std::size_t;

  Place finish(Action action) {
    const auto shared = answers_.find(action);
    if (shared != answers_.end() && code_.size() - shared->second <= farthest) {
      return shared->second;
    }
    return answers_[action] = emit(BPF_RET | BPF_K, action);
  }

  Place branch(unsigned test, std::uint32_t value, Place if_true, Place if_false) {
    if_true = within_reach(if_true, 2);
    if_false = within_reach(if_false, 1);
    const Place here = code_.size();
    emit(BPF_JMP | test | BPF_K, value);
    code_.back().jt = static_cast<std::uint8_t>(here - if_true - 1);
    code_.back().jf = static_cast<std::uint8_t>(here - if_false - 1);
    return here;
  }

  // These fall into what was written last.
  Place load(std::size_t offset) { return emit(BPF_LD | BPF_W | BPF_ABS, offset); }
  Place calculate(unsigned operation, std::uint32_t operand) {
    return emit(BPF_ALU | operation, operand);
  }
  Place keep() { return emit(BPF_MISC | BPF_TAX, 0); } // for an operation with BPF_X

  std::vector<sock_filter> take() {
    std::reverse(code_.begin(), code_.end());
    return std::move(code_);
  }

 private:
  Place emit(unsigned code, std::size_t operand) {
    code_.push_back({static_cast<std::uint16_t>(code), 0, 0, static_cast<std::uint32_t>(operand)});
    return code_.size() - 1;
  }

  /// The target itself, or a stepping stone to it; `margin` instructions may still come before the
  /// branch.
  Place within_reach(Place target, std::size_t margin) {
    if (code_.size() + margin - target - 1 <= farthest) {
      return target;
    }
    const Place here = code_.size();
    return emit(BPF_JMP | BPF_JA, here - target - 1);
  }

  std::vector<sock_filter> code_;
  std::map<Action, Place> answers_;
};

BackwardAssembler::Place write_secret_check(BackwardAssembler& code, const Check& check,
                                            BackwardAssembler::Place if_true,
                                            BackwardAssembler::Place if_false) {
  const std::size_t lower = offsetof(seccomp_data, args) + sizeof(std::uint64_t) * check.argument;
  code.branch(BPF_JEQ, 0, if_true, if_false);
  code.calculate(BPF_OR | BPF_X, 0);
  code.calculate(BPF_XOR | BPF_K, *check.upper);
  code.load(lower + sizeof(std::uint32_t));
  code.keep();
  code.calculate(BPF_XOR | BPF_K, check.value);
  return code.load(lower);
}

BackwardAssembler::Place write_check(BackwardAssembler& code, const Check& check,
                                     BackwardAssembler::Place if_true,
                                     BackwardAssembler::Place if_false) {
  if (check.upper) {
    return write_secret_check(code, check, if_true, if_false);
  }
  if (std::has_single_bit(check.mask) && check.value == check.mask) {
    code.branch(BPF_JSET, check.mask, if_true, if_false); // without a step for the mask
  } else {
    code.branch(BPF_JEQ, check.value, if_true, if_false);
    if (check.mask != whole_word) {
      code.calculate(BPF_AND | BPF_K, check.mask);
    }
  }
  return code.load(offsetof(seccomp_data, args) + sizeof(std::uint64_t) * check.argument);
}

BackwardAssembler::Place write_clause(BackwardAssembler& code, const Clause& clause,
                                      BackwardAssembler::Place next) {
  BackwardAssembler::Place entry = code.finish(clause.action);
  for (auto check = clause.all.rbegin(); check != clause.all.rend(); ++check) {
    entry = write_check(code, *check, entry, next);
  }
  return entry;
}

BackwardAssembler::Place write_leaf(BackwardAssembler& code, const Range& range) {
  if (!range.rule) {
    return code.finish(range.action);
  }
  BackwardAssembler::Place entry = code.finish(range.rule->otherwise);
  for (auto clause = range.rule->clauses.rbegin(); clause != range.rule->clauses.rend(); ++clause) {
    entry = write_clause(code, *clause, entry);
  }
  return entry;
}

BackwardAssembler::Place write_tree(BackwardAssembler& code, std::span<const Range> ranges) {
  if (ranges.size() == 1) {
    return write_leaf(code, ranges.front());
  }
  const std::size_t half = ranges.size() / 2;
  const BackwardAssembler::Place upper = write_tree(code, ranges.subspan(half));
  const BackwardAssembler::Place lower = write_tree(code, ranges.first(half));
  return code.branch(BPF_JGE, ranges[half].first, upper, lower);
}

} // namespace

std::vector<sock_filter> compile_program(std::uint32_t architecture, Action foreign,
                                         const std::vector<Range>& ranges) {
  BackwardAssembler code;
  write_tree(code, ranges);
  const BackwardAssembler::Place native = code.load(offsetof(seccomp_data, nr));
  code.branch(BPF_JEQ, architecture, native, code.finish(foreign));
  code.load(offsetof(seccomp_data, arch));
  return code.take();
}

} // namespace sandbox::seccomp
