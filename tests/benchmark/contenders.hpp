// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples.hpp"

#include <sandbox/backend.hpp>

#include <string>
#include <vector>

namespace benchmark {

/// posix_spawn of a program of the host, and waiting for it.
Contender spawn(std::string name, std::vector<std::string> argv);
/// A fresh box for each run; the static no-op is put into it as a submission would be.
Contender boxed_noop(sandbox::Backend& backend);
/// A fresh box for each run of a program that the box's root has.
Contender boxed(sandbox::Backend& backend, std::string name, std::vector<std::string> argv);
/// bubblewrap with the same namespaces, when it is installed.
std::vector<Contender> bubblewrap();

} // namespace benchmark
