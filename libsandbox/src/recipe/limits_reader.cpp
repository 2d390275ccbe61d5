// SPDX-License-Identifier: Apache-2.0
#include "recipe/limits_reader.hpp"

#include <sandbox/error.hpp>

namespace sandbox::recipe {
Limits read_limits(const YAML::Node& node, const Limits& defaults, const std::string& file_name) {
  Limits limits = defaults;
  if (!node.IsDefined()) {
    return limits;
  }
  const MapReader map(node, file_name, limit_names());
  for (const std::string_view name : limit_names()) {
    if (!map.has(name)) {
      continue;
    }
    try {
      set_limit(limits, name, map.text(name));
    } catch (const ConfigError&) {
      throw;
    } catch (const Error& error) {
      map.fail(name, error.what());
    }
  }
  try {
    validate(limits);
  } catch (const Error& error) {
    fail_at(node, file_name, error.what());
  }
  return limits;
}

} // namespace sandbox::recipe
