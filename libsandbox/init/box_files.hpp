// SPDX-License-Identifier: Apache-2.0
//
// /box and /tmp of the boxes that one init serves.
#pragma once

#include "outcome.hpp"
#include "past.hpp"
#include "scratch_watch.hpp"
#include "wire/launch.hpp"

#include <cstdint>

namespace sandbox::init {

class BoxFiles {
 public:
  /// For the first box. With `renewable` the current directory must be as Past::open says.
  Outcome make(const wire::Launch& launch, std::uint64_t token, bool renewable) noexcept;

  /// For the next box, as new; with the sizes of `launch`, the last one's. Fails when anything of
  /// the last box's is in use.
  Outcome renew(const wire::Launch& launch, std::uint64_t token) noexcept;

  /// From now on a program may be at them.
  void box_begins() noexcept { scratch_.box_begins(); }

 private:
  Outcome renew_scratch(const wire::Launch& launch, std::uint64_t token) noexcept;

  Past past_;
  ScratchWatch scratch_;
};

} // namespace sandbox::init
