// SPDX-License-Identifier: Apache-2.0
//
// Whom the kernel takes first when memory runs out: the program, then what keeps it in its box,
// then anybody else. With one score for all it would take what is largest, which is init wherever
// memory is in files or in many small processes; then figures and box are lost with it.
#pragma once

#include "outcome.hpp"

namespace sandbox::init {

/// The score that a slot and its init have. The kernel keeps the scores of processes that share
/// memory equal, and looks through all of the host's for that (fs/proc/base.c, __set_oom_adj): it
/// is written as seldom as can be.
struct OomScore {
  int file{-1}; // the slot's oom_score_adj; -1 in a container
  bool keepers{false};
};

/// Offers this process, a slot, and what it clones, as a program is offered. The file stays open:
/// once the slot has changed its ids it is the real root's.
Outcome offer_to_oom_killer(OomScore& score) noexcept;

/// For a program that is about to be cloned: it inherits the score.
Outcome take_program_score(OomScore& score) noexcept;

/// For as long as a program runs. Not before it has memory of its own, or it would have this score
/// too. Where the score may not be taken back (a caller whose least score is above it) all keep the
/// program's.
void take_keeper_score(OomScore& score) noexcept;

} // namespace sandbox::init
