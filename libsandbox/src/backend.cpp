// SPDX-License-Identifier: Apache-2.0
#include <sandbox/backend.hpp>
#include <sandbox/error.hpp>

namespace sandbox {

Session::~Session() = default;
Backend::~Backend() = default;

void Session::start_ahead(const Command& /*command*/, std::string_view /*source*/) {
  throw Error(ErrorCode::unsupported, "start ahead", "is not for boxes of this kind");
}

std::string Session::root_identity() {
  throw Error(ErrorCode::unsupported, "root of the box", "this backend does not tell what it is");
}

} // namespace sandbox
