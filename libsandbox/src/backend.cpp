// SPDX-License-Identifier: Apache-2.0
#include <sandbox/backend.hpp>

namespace sandbox {

Session::~Session() = default;
Backend::~Backend() = default;

} // namespace sandbox
