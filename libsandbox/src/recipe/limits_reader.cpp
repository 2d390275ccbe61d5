// SPDX-License-Identifier: Apache-2.0
#include "recipe/limits_reader.hpp"

#include "recipe/keys.hpp"

#include <sandbox/error.hpp>
#include <sandbox/units.hpp>

namespace sandbox::recipe {
namespace {

/// Gives the parser's complaint the value's place.
template <class Value, class Parser>
void apply(const MapReader& map, std::string_view key, Value& value, Parser parse) {
  if (!map.has(key)) {
    return;
  }
  const std::string typed = map.text(key);
  try {
    value = static_cast<Value>(parse(typed));
  } catch (const Error& error) {
    map.fail(key, error.what());
  }
}

} // namespace

Limits read_limits(const YAML::Node& node, const Limits& defaults, const std::string& file_name) {
  Limits limits = defaults;
  if (!node.IsDefined()) {
    return limits;
  }
  const MapReader map(node, file_name, limit_keys());
  apply(map, "cpu_time", limits.cpu_time, parse_duration);
  if (map.has("cpu_time")) {
    limits.wall_time = default_wall_time(limits.cpu_time);
  }
  apply(map, "wall_time", limits.wall_time, parse_duration);
  apply(map, "memory", limits.memory_bytes, parse_size);
  apply(map, "processes", limits.processes, parse_count);
  apply(map, "cores", limits.cores, parse_decimal);
  apply(map, "output", limits.output_bytes, parse_size);
  apply(map, "file_size", limits.file_size_bytes, parse_size);
  apply(map, "disk", limits.disk_bytes, parse_size);
  apply(map, "disk_inodes", limits.disk_inodes, parse_count);
  apply(map, "open_files", limits.open_files, parse_count);
  apply(map, "stack", limits.stack_bytes, parse_size);
  try {
    validate(limits);
  } catch (const Error& error) {
    fail_at(node, file_name, error.what());
  }
  return limits;
}

} // namespace sandbox::recipe
