// SPDX-License-Identifier: Apache-2.0
//
// To end a box's namespaces and make the next one's costs more than to start its program. So init
// serves another box of its slot, in the same pid and mount namespaces, where it can see that
// nothing of the last one is left: no process lives, /box and /tmp, of which nothing is in use, are
// as new (init/box_files), process numbers begin anew, and no object of System V or POSIX queue was
// made. Where it cannot, the box ends with its init.
#pragma once

#include "box_files.hpp"
#include "slot.hpp"
#include "wire/launch.hpp"

namespace sandbox::init {

/// Whether a box of this slot may be followed by another: where init shares the program's uid a
/// program may have changed init itself, and loopback is the box's own.
bool may_renew(const wire::Launch& launch, const SlotState& state) noexcept;

/// Has process numbers begin anew where nobody but init lives and they can.
void renumber(const SlotState& state) noexcept;

/// Fails where something of the last box, whose launch this was, could be left.
Outcome renew_box(const wire::Launch& launch, const SlotState& state, BoxFiles& files) noexcept;

/// A renewed box with the sizes that the next one is to have.
Outcome fit_box(const wire::Launch& made, const wire::Launch& wanted,
                const SlotState& state) noexcept;

} // namespace sandbox::init
