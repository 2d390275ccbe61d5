// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace sandbox::docker {

/// Parses what an engine sent; refuses values nested so deep that a small text needs much memory.
/// Throws Error(backend_lost).
nlohmann::json parse_json(std::string_view text);

/// A stream of JSON values, one a line, in parts that may end anywhere.
class JsonLines {
 public:
  using OnLine = std::function<void(const nlohmann::json&)>;
  static constexpr std::size_t longest_line = 1 << 20;

  explicit JsonLines(const OnLine& on_line) noexcept : on_line_(on_line) {}

  /// Gives each line that is complete to `on_line`. Throws Error(backend_lost).
  void add(std::string_view part);
  /// The stream has ended: its last line may lack a newline.
  void finish();

 private:
  const OnLine& on_line_;
  std::string line_;
};

} // namespace sandbox::docker
