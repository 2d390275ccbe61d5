// SPDX-License-Identifier: Apache-2.0
#include "live_output.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace worker {

void LiveOutput::write(sandbox::Stream stream, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  const std::size_t held = chunk_.standard_output.size() + chunk_.standard_error.size();
  const std::size_t fits = std::min(bytes.size(), max_bytes_ - std::min(max_bytes_, held));
  std::string& kept =
      stream == sandbox::Stream::standard_output ? chunk_.standard_output : chunk_.standard_error;
  kept.append(bytes.substr(0, fits));
  chunk_.dropped_bytes += bytes.size() - fits;
}

LiveOutput::Chunk LiveOutput::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(chunk_, {});
}

std::string to_json(const LiveOutput::Chunk& chunk) {
  using Json = nlohmann::ordered_json;
  const Json json{{"event", "output"},
                  {"stdout", chunk.standard_output},
                  {"stderr", chunk.standard_error},
                  {"dropped_bytes", chunk.dropped_bytes}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace worker
