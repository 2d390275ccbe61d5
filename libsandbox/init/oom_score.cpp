// SPDX-License-Identifier: Apache-2.0
#include "oom_score.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace sandbox::init {
namespace {

constexpr char program_score[] = "1000";
/// Half of the memory at stake lies between the two: no init is that large.
constexpr char keeper_score[] = "500";

template <std::size_t Size>
bool set(int score, const char (&value)[Size]) noexcept {
  return ::pwrite(score, value, Size - 1, 0) == static_cast<ssize_t>(Size - 1);
}

} // namespace

Outcome offer_to_oom_killer(int& score) noexcept {
  score = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score < 0) {
    return check(-1, "open", "oom_score_adj");
  }
  // Refused where the caller's own is higher and may not be lowered.
  return set(score, keeper_score) || set(score, program_score)
             ? Outcome{}
             : check(-1, "write", "oom_score_adj");
}

Outcome take_program_score(int score) noexcept {
  return score < 0 || set(score, program_score) ? Outcome{} : check(-1, "write", "oom_score_adj");
}

void take_keeper_score(int score) noexcept {
  if (score >= 0) {
    set(score, keeper_score);
  }
}

} // namespace sandbox::init
