// SPDX-License-Identifier: Apache-2.0
//
// The guarantees of this backend.
#pragma once

#include "guarantee/guarantee.hpp"

#include <sandbox/native.hpp>

namespace sandbox::native {

using guarantee::Offer;

/// The guarantees that every box has or it is not made: a step of set-up fails without them.
std::vector<Offer> unconditional_offers();

guarantee::Demand demand(const NativeOptions& options);

} // namespace sandbox::native
