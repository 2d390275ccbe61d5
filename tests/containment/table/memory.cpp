// SPDX-License-Identifier: Apache-2.0
#include "containment/table.hpp"

namespace containment {

void add_memory(Table&) {}

} // namespace containment
