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

Outcome offer_to_oom_killer(OomScore& score) noexcept {
  score.file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score.file < 0) {
    return check(-1, "open", "oom_score_adj");
  }
  return set(score.file, program_score) ? Outcome{} : check(-1, "write", "oom_score_adj");
}

Outcome take_program_score(OomScore& score) noexcept {
  if (!score.keepers) {
    return {};
  }
  if (!set(score.file, program_score)) {
    return check(-1, "write", "oom_score_adj");
  }
  score.keepers = false;
  return {};
}

void take_keeper_score(OomScore& score) noexcept {
  score.keepers = score.keepers || (score.file >= 0 && set(score.file, keeper_score));
}

} // namespace sandbox::init
