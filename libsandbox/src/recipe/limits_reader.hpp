// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "recipe/yaml_node.hpp"

#include <sandbox/limits.hpp>

namespace sandbox::recipe {

/// The limits of a stage: `defaults`, with what the map says put over them. Throws ConfigError.
Limits read_limits(const YAML::Node& node, const Limits& defaults, const std::string& file_name);

} // namespace sandbox::recipe
