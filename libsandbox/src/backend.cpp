// SPDX-License-Identifier: Apache-2.0
#include <sandbox/backend.hpp>
#include <sandbox/error.hpp>

namespace sandbox {

Session::~Session() = default;
Backend::~Backend() = default;

void Session::start_ahead(const Command& /*command*/, std::string_view /*source*/) {
  throw Error(ErrorCode::unsupported, "start ahead", "is not for boxes of this kind");
}

} // namespace sandbox
