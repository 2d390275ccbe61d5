// SPDX-License-Identifier: Apache-2.0
//
// One value of the configuration as it was written, with its place for errors.
#pragma once

#include <sandbox/limits.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace worker {

struct Place {
  std::string file{}; // or the name of an environment variable
  int line{0};
  int column{0};
};

/// Each reader throws sandbox::ConfigError with the place.
class ConfigValue {
 public:
  ConfigValue(std::vector<std::string> texts, bool is_list, Place place)
      : texts_(std::move(texts)), is_list_(is_list), place_(std::move(place)) {}

  std::string text() const;
  std::string one_of(std::initializer_list<std::string_view> words) const;
  std::vector<std::string> list() const;
  std::chrono::milliseconds duration(std::chrono::milliseconds least,
                                     std::chrono::milliseconds most) const;
  std::vector<std::chrono::milliseconds> durations() const;
  std::uint64_t size(std::uint64_t least, std::uint64_t most) const;
  std::uint64_t count(std::uint64_t least, std::uint64_t most) const;
  unsigned small_count(unsigned least, unsigned most) const;
  bool boolean() const;
  void limit(sandbox::Limits& limits, std::string_view name) const;

  [[noreturn]] void fail(const std::string& message) const;

 private:
  std::vector<std::string> texts_;
  bool is_list_;
  Place place_;
};

/// What one key of one section does with its value.
struct Setting {
  std::string section{};
  std::string key{};
  bool is_list{false};
  std::function<void(const ConfigValue&)> set{};
};

} // namespace worker
