// SPDX-License-Identifier: Apache-2.0
#include "text/variable_name.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

namespace sandbox::text {

void validate_variable_name(std::string_view name) {
  constexpr std::string_view forbidden("=\0", 2);
  if (name.empty() || name.find_first_of(forbidden) != std::string_view::npos) {
    throw Error(ErrorCode::invalid_argument, "environment",
                fmt::format("\"{}\" is no name of a variable", name.substr(0, name.find('\0'))));
  }
}

} // namespace sandbox::text
