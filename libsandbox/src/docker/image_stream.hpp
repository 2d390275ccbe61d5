// SPDX-License-Identifier: Apache-2.0
//
// The lines of JSON in which an engine tells how a pull or a build goes.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

namespace sandbox::docker {

/// A field that is a string; "" when there is none.
std::string text_of(const nlohmann::json& object, const char* key);
/// A field that is a number that is not negative; 0 when there is none.
std::uint64_t number_of(const nlohmann::json& object, const char* key);

/// The error that a line tells of, made printable; "" for every other line. The status of such an
/// answer was 200 long before.
std::string error_of(const nlohmann::json& line);

} // namespace sandbox::docker
