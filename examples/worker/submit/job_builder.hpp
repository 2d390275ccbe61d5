// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands.hpp"

#include <string>

namespace submit {

/// The JSON of the job that the options ask for; an id is made where none is given. Throws
/// std::runtime_error.
std::string build_job(const Options& options);

} // namespace submit
