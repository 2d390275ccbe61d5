// SPDX-License-Identifier: Apache-2.0
#include "docker/pull_progress.hpp"

#include "docker/image_stream.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace sandbox::docker {
namespace {

// Beyond what any image has; a sum of them does not overflow.
constexpr std::size_t most_layers = 1000;
constexpr std::size_t longest_id = 128;
constexpr std::uint64_t largest_layer = std::uint64_t{1} << 50;

constexpr const char* of_layers[] = {"Pulling fs layer",   "Waiting",           "Downloading",
                                     "Verifying Checksum", "Download complete", "Extracting",
                                     "Pull complete",      "Already exists"};

std::uint64_t bytes(const nlohmann::json& line, const char* key) {
  const auto detail = line.find("progressDetail");
  return detail != line.end() ? std::min(number_of(*detail, key), largest_layer) : 0;
}

} // namespace

std::optional<ImageProgress> PullProgress::add(const nlohmann::json& line) {
  const std::string status = text_of(line, "status");
  if (status.empty()) {
    return std::nullopt;
  }
  return update_layer(line, status) ? sum() : ImageProgress{status, 0, 0};
}

bool PullProgress::update_layer(const nlohmann::json& line, const std::string& status) {
  const std::string id = text_of(line, "id");
  if (id.empty() || id.size() > longest_id ||
      std::find(std::begin(of_layers), std::end(of_layers), status) == std::end(of_layers)) {
    return false;
  }
  if (layers_.size() >= most_layers && layers_.find(id) == layers_.end()) {
    return true;
  }
  Layer& layer = layers_[id];
  layer.size = std::max(layer.size, bytes(line, "total"));
  if (status == "Downloading") {
    layer.downloaded = std::min(bytes(line, "current"), layer.size);
  } else if (status == "Extracting") {
    layer.is_here = true;
    layer.extracted = std::min(bytes(line, "current"), layer.size);
  } else if (status == "Pull complete" || status == "Already exists") {
    layer.is_here = true;
    layer.extracted = layer.size;
  } else if (status == "Download complete") {
    layer.is_here = true;
  }
  return true;
}

ImageProgress PullProgress::sum() const {
  const bool all_here = std::all_of(layers_.begin(), layers_.end(),
                                    [](const auto& each) { return each.second.is_here; });
  ImageProgress progress{all_here ? "extracting" : "downloading", 0, 0};
  for (const auto& [id, layer] : layers_) {
    progress.total += layer.size;
    progress.current += all_here ? layer.extracted : layer.is_here ? layer.size : layer.downloaded;
  }
  return progress;
}

} // namespace sandbox::docker
