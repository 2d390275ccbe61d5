// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sandbox::cli {

/// How far something has come: on a terminal one line that is drawn again and again, elsewhere a
/// line for each step. To stderr. The steps may hold any bytes.
class ProgressLine {
 public:
  explicit ProgressLine(std::string label);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  /// A bar is drawn where `total` is above 0.
  void show(const std::string& step, std::uint64_t current, std::uint64_t total);

 private:
  void draw(std::uint64_t current, std::uint64_t total) const;

  std::string label_;
  std::string step_;
  bool on_terminal_;
  bool drawn_{false};
  std::chrono::steady_clock::time_point last_{};
};

/// "python  [####------]  42 %  downloading", at most `width` characters.
std::string progress_text(const std::string& label, const std::string& step, std::uint64_t current,
                          std::uint64_t total, std::size_t width);

} // namespace sandbox::cli
