// SPDX-License-Identifier: Apache-2.0
#include "queues/burial_log.hpp"

#include <nlohmann/json.hpp>

namespace worker {

std::string burial_log(const Burial& burial, std::size_t max_bytes) {
  for (std::size_t first = 0; first < burial.log.size(); ++first) {
    const nlohmann::json lines(std::vector<std::string>(
        burial.log.begin() + static_cast<std::ptrdiff_t>(first), burial.log.end()));
    std::string text = lines.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text.size() <= max_bytes) {
      return text;
    }
  }
  return "[]";
}

} // namespace worker
