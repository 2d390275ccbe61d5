// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "native/identity.hpp"
#include "native/offers.hpp"

#include <sandbox/backend.hpp>
#include <sandbox/native.hpp>

namespace sandbox::native {

/// What this host can do, each line with its remedy; tries the launcher for real.
Probe probe_host(const NativeOptions& options);

Offer identity_offer(const Identity& identity);
Offer landlock_offer();

} // namespace sandbox::native
