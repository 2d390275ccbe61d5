// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples.hpp"

#include <sandbox/backend.hpp>

#include <string>
#include <vector>

namespace benchmark {

/// The static no-op in a box that was opened before the clock starts: until there is a result, and
/// until it is closed.
std::vector<Contender> opened_ahead(sandbox::Backend& backend);

/// /bin/true as a submission: to Sandbox::run, and to pools with and without warm boxes. The pool
/// is quiet, its boxes ready, before the clock starts.
std::vector<Contender> submissions(sandbox::Backend& backend, const std::string& image = {});

/// An empty source by the bare interpreter, by a pool's warm box, and by one in which the
/// interpreter has started. Empty where the host lacks it.
std::vector<Contender> interpreters(sandbox::Backend& backend, const std::string& language);

/// The same by a pool of the default size, that may be called by many at a time: what each waits
/// for its report.
Contender shared_pool(sandbox::Backend& backend);

} // namespace benchmark
