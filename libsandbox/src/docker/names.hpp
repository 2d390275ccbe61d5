// SPDX-License-Identifier: Apache-2.0
//
// Names that become part of a request. What does not pass here never reaches the engine.
#pragma once

#include <string>
#include <string_view>

namespace sandbox::docker {

/// Throws Error(invalid_argument) unless `id` has 12 to 64 lowercase hexadecimal digits.
void validate_container_id(std::string_view id);

/// Throws Error(invalid_argument) unless `image` is [host[:port]/]path[:tag][@digest], at most 255
/// bytes.
void validate_image(std::string_view image);

/// Throws Error(invalid_argument) unless `volume` is a name that an engine gives to a volume: never
/// a path.
void validate_volume(std::string_view volume);

/// Throws Error(invalid_argument) unless `path` is absolute, its segments are percent-encoded where
/// they must be, and none is empty, `.` or `..`.
void validate_path(std::string_view path);

/// Percent-encodes all but RFC 3986's unreserved characters.
std::string encode_segment(std::string_view text);

} // namespace sandbox::docker
