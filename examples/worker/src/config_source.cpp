// SPDX-License-Identifier: Apache-2.0
#include "config_source.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace worker {
namespace {

constexpr std::string_view prefix = "SANDBOX_WORKER_";

Place place_of(const YAML::Node& node, const std::string& file) {
  const YAML::Mark mark = node.Mark();
  return {file, std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1};
}

[[noreturn]] void fail(const Place& place, const std::string& message) {
  throw sandbox::ConfigError(place.file, place.line, place.column, message);
}

std::string key_of(const YAML::Node& node, const std::string& file, std::set<std::string>& seen) {
  if (!node.IsScalar()) {
    fail(place_of(node, file), "a key must be a text");
  }
  if (!seen.insert(node.Scalar()).second) {
    fail(place_of(node, file), fmt::format("\"{}\" is given twice", node.Scalar()));
  }
  return node.Scalar();
}

ConfigValue value_of(const YAML::Node& node, const std::string& file) {
  const Place place = place_of(node, file);
  if (node.IsScalar()) {
    return {{node.Scalar()}, false, place};
  }
  if (!node.IsSequence()) {
    fail(place, "must be a text or a list");
  }
  std::vector<std::string> texts;
  for (const auto& each : node) {
    if (!each.IsScalar()) {
      fail(place_of(each, file), "must be a text");
    }
    texts.push_back(each.Scalar());
  }
  return {texts, true, place};
}

void apply_section(const std::string& section, const YAML::Node& node, const std::string& file,
                   const std::vector<Setting>& settings) {
  if (!node.IsMap()) {
    fail(place_of(node, file), fmt::format("{} must be a map of keys and values", section));
  }
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string key = key_of(entry.first, file, seen);
    const auto known = std::find_if(settings.begin(), settings.end(), [&](const Setting& each) {
      return each.section == section && each.key == key;
    });
    if (known == settings.end()) {
      fail(place_of(entry.first, file), fmt::format("unknown key \"{}\" in {}", key, section));
    }
  }
  // In the order of the settings: a CPU time that is set takes back a wall time.
  for (const Setting& each : settings) {
    if (each.section == section && node[each.key]) {
      each.set(value_of(node[each.key], file));
    }
  }
}

YAML::Node parse(const std::string& text, const std::string& file) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) {
      fail(place_of(documents[1], file), "a second document");
    }
    return documents.empty() ? YAML::Node() : documents.front();
  } catch (const YAML::ParserException& error) {
    fail({file, error.mark.line + 1, error.mark.column + 1}, error.msg);
  }
}

std::string variable_of(const Setting& setting) {
  std::string name = fmt::format("{}{}_{}", prefix, setting.section, setting.key);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, ',');) {
    parts.push_back(part);
  }
  return parts;
}

} // namespace

void apply_file(const std::filesystem::path& file, const std::vector<Setting>& settings) {
  // A folder can be opened, but not read.
  std::ifstream stream;
  if (!std::filesystem::is_directory(file)) {
    stream.open(file);
  }
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.is_open()) {
    throw sandbox::Error(sandbox::ErrorCode::not_found, "configuration " + file.string(),
                         "cannot be read");
  }
  const YAML::Node root = parse(text, file.string());
  if (root.IsNull()) {
    return;
  }
  if (!root.IsMap()) {
    fail(place_of(root, file.string()), "must be a map of sections");
  }
  std::set<std::string> seen;
  for (const auto& entry : root) {
    const std::string section = key_of(entry.first, file.string(), seen);
    if (std::none_of(settings.begin(), settings.end(),
                     [&](const Setting& each) { return each.section == section; })) {
      fail(place_of(entry.first, file.string()), fmt::format("unknown section \"{}\"", section));
    }
    apply_section(section, entry.second, file.string(), settings);
  }
}

void apply_environment(const char* const* environment, const std::vector<Setting>& settings) {
  std::vector<std::pair<std::string, std::string>> variables;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    if (entry.substr(0, prefix.size()) == prefix) {
      const std::size_t equals = entry.find('=');
      variables.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
    }
  }
  for (const auto& variable : variables) {
    if (std::none_of(settings.begin(), settings.end(),
                     [&](const Setting& each) { return variable_of(each) == variable.first; })) {
      fail({variable.first, 0, 0}, "no such variable is known");
    }
  }
  for (const Setting& each : settings) {
    const auto given = std::find_if(variables.begin(), variables.end(), [&](const auto& variable) {
      return variable.first == variable_of(each);
    });
    if (given != variables.end()) {
      each.set({each.is_list ? split(given->second) : std::vector{given->second},
                each.is_list,
                {given->first, 0, 0}});
    }
  }
}

} // namespace worker
