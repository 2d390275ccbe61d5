// SPDX-License-Identifier: Apache-2.0
//
// Whom the kernel takes first when memory runs out: the program, then what keeps it in its box,
// then anybody else. With one score for all it would take what is largest, which is init wherever
// memory is in files or in many small processes; then figures and box are lost with it.
#pragma once

#include "outcome.hpp"

namespace sandbox::init {

/// Offers this process, a slot, and what it clones. `score` stays open for the calls below: once
/// the slot has changed its ids the file is the real root's.
Outcome offer_to_oom_killer(int& score) noexcept;

/// The program inherits its score from init: init shares memory with its slot, and the kernel keeps
/// the scores of such processes equal (fs/proc/base.c, __set_oom_adj). Where one may not be taken
/// back (a caller whose least score is above it) all keep the program's.
Outcome take_program_score(int score) noexcept;
void take_keeper_score(int score) noexcept;

} // namespace sandbox::init
