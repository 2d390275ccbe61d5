// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sandbox::cli {

/// Fills descriptors 0, 1 and 2 where the caller closed them, so that none of our own sockets takes
/// their place. Reading there gives end-of-file; writing is an error, not a loss in silence. Call
/// it before anything else is opened.
void fill_standard_descriptors();

} // namespace sandbox::cli
