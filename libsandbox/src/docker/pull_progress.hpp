// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/images.hpp>

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <optional>
#include <string>

namespace sandbox::docker {

/// Adds up what an engine tells of each layer.
class PullProgress {
 public:
  /// Nothing for a line that tells nothing.
  std::optional<ImageProgress> add(const nlohmann::json& line);

 private:
  struct Layer {
    std::uint64_t size{0};
    std::uint64_t downloaded{0};
    std::uint64_t extracted{0};
    bool is_here{false};
  };
  bool update_layer(const nlohmann::json& line, const std::string& status);
  ImageProgress sum() const;

  std::map<std::string, Layer> layers_;
};

} // namespace sandbox::docker
