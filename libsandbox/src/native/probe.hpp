// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "native/identity.hpp"
#include "native/offers.hpp"
#include "native/slot_number.hpp"

#include <sandbox/backend.hpp>
#include <sandbox/native.hpp>

#include <functional>

namespace sandbox::native {

/// What this host can do, each line with its remedy; tries the launcher for real, with `own` ids
/// where the application has some: there may be no others. `free_number`: a slot's that is not in
/// use.
Probe probe_host(const NativeOptions& options, const Identity* own,
                 const std::function<SlotNumber()>& free_number);

Offer identity_offer(const Identity& identity);
Offer landlock_offer();

} // namespace sandbox::native
