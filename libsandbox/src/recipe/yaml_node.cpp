// SPDX-License-Identifier: Apache-2.0
#include "recipe/yaml_node.hpp"

#include "recipe/nearest.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace sandbox::recipe {
namespace {

std::string scalar(const YAML::Node& node, const std::string& file_name, std::string_view what) {
  if (!node.IsScalar()) {
    fail_at(node, file_name, fmt::format("{} must be a text", what));
  }
  if (node.Scalar().find('\0') != std::string::npos) {
    fail_at(node, file_name, fmt::format("{} holds a NUL byte", what));
  }
  return node.Scalar();
}

} // namespace

void fail_at(const YAML::Mark& mark, const std::string& file_name, const std::string& message) {
  // What is not written in the text, as the content of an empty one, has no place: -1.
  throw ConfigError(file_name, std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1, message);
}

void fail_at(const YAML::Node& node, const std::string& file_name, const std::string& message) {
  fail_at(node.Mark(), file_name, message);
}

MapReader::MapReader(const YAML::Node& node, const std::string& file_name,
                     std::span<const std::string_view> known)
    : node_(node), file_name_(file_name) {
  if (!node_.IsMap()) {
    fail_at(node_, file_name_, "must be a map of keys and values");
  }
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    const std::string key = scalar(entry.first, file_name_, "a key");
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      const std::string near = nearest(key, known);
      fail_at(entry.first, file_name_,
              near.empty()
                  ? fmt::format("unknown key \"{}\"; known: {}", key, fmt::join(known, ", "))
                  : fmt::format("unknown key \"{}\"; did you mean \"{}\"?", key, near));
    }
    if (!seen.insert(key).second) {
      fail_at(entry.first, file_name_, fmt::format("key \"{}\" is given twice", key));
    }
  }
}

bool MapReader::has(std::string_view key) const {
  return find(key).IsDefined();
}

YAML::Node MapReader::find(std::string_view key) const {
  for (const auto& entry : node_) {
    if (entry.first.Scalar() == key) {
      return entry.second;
    }
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

YAML::Node MapReader::at(std::string_view key) const {
  YAML::Node value = find(key);
  if (!value.IsDefined()) {
    fail_at(node_, file_name_, fmt::format("key \"{}\" is missing", key));
  }
  return value;
}

std::string MapReader::text(std::string_view key) const {
  return scalar(at(key), file_name_, key);
}

std::string MapReader::text(std::string_view key, std::string_view otherwise) const {
  return has(key) ? text(key) : std::string(otherwise);
}

std::vector<std::string> MapReader::texts(std::string_view key) const {
  const YAML::Node list = find(key);
  std::vector<std::string> texts;
  if (!list.IsDefined()) {
    return texts;
  }
  if (!list.IsSequence()) {
    fail_at(list, file_name_, fmt::format("{} must be a list of texts", key));
  }
  for (const auto& element : list) {
    texts.push_back(scalar(element, file_name_, fmt::format("each element of {}", key)));
  }
  return texts;
}

std::vector<std::pair<std::string, std::string>> MapReader::text_map(std::string_view key) const {
  const YAML::Node map = find(key);
  std::vector<std::pair<std::string, std::string>> pairs;
  if (!map.IsDefined()) {
    return pairs;
  }
  if (!map.IsMap()) {
    fail_at(map, file_name_, fmt::format("{} must be a map of texts", key));
  }
  std::set<std::string> seen;
  for (const auto& entry : map) {
    std::string name = scalar(entry.first, file_name_, fmt::format("a key of {}", key));
    if (!seen.insert(name).second) {
      fail_at(entry.first, file_name_, fmt::format("key \"{}\" is given twice", name));
    }
    pairs.emplace_back(std::move(name),
                       scalar(entry.second, file_name_, fmt::format("each value of {}", key)));
  }
  return pairs;
}

long MapReader::integer(std::string_view key) const {
  const std::string typed = text(key);
  long value = 0;
  const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), value);
  if (error != std::errc() || end != typed.data() + typed.size()) {
    fail(key, fmt::format("{} must be a whole number, not \"{}\"", key, typed));
  }
  return value;
}

bool MapReader::boolean(std::string_view key, bool otherwise) const {
  const std::string typed = text(key, otherwise ? "true" : "false");
  if (typed != "true" && typed != "false") {
    fail(key, fmt::format("{} must be true or false, not \"{}\"", key, typed));
  }
  return typed == "true";
}

void MapReader::fail(std::string_view key, const std::string& message) const {
  fail_at(at(key), file_name_, message);
}

} // namespace sandbox::recipe
