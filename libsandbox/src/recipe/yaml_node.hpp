// SPDX-License-Identifier: Apache-2.0
//
// A strict reader of YAML maps: every key must be known, no key comes twice, every value has
// the type that is meant, and every error has its place.
#pragma once

#include <yaml-cpp/yaml.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandbox::recipe {

class MapReader {
 public:
  /// Throws ConfigError when `node` is no map, has a key twice, or one that is not in `known`.
  MapReader(const YAML::Node& node, const std::string& file_name,
            std::span<const std::string_view> known);

  bool has(std::string_view key) const;
  /// The value of a key that may be missing; an undefined node then.
  YAML::Node find(std::string_view key) const;
  /// The value of a key that must be there.
  YAML::Node at(std::string_view key) const;

  std::string text(std::string_view key) const;
  std::string text(std::string_view key, std::string_view otherwise) const;
  std::vector<std::string> texts(std::string_view key) const; // empty when missing
  std::vector<std::pair<std::string, std::string>> text_map(std::string_view key) const;
  long integer(std::string_view key) const;
  bool boolean(std::string_view key, bool otherwise) const;

  [[noreturn]] void fail(std::string_view key, const std::string& message) const;
  const std::string& file_name() const noexcept { return file_name_; }

 private:
  YAML::Node node_;
  const std::string& file_name_;
};

/// Throws ConfigError with the place.
[[noreturn]] void fail_at(const YAML::Mark& mark, const std::string& file_name,
                          const std::string& message);
[[noreturn]] void fail_at(const YAML::Node& node, const std::string& file_name,
                          const std::string& message);

} // namespace sandbox::recipe
