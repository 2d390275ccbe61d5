// SPDX-License-Identifier: Apache-2.0
#include "docker/image_stream.hpp"

#include "docker/message.hpp"

#include <nlohmann/json.hpp>

namespace sandbox::docker {

std::string text_of(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) {
    return {};
  }
  const auto field = object.find(key);
  return field != object.end() && field->is_string() ? field->get<std::string>() : std::string();
}

std::uint64_t number_of(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) {
    return 0;
  }
  const auto field = object.find(key);
  return field != object.end() && field->is_number_unsigned() ? field->get<std::uint64_t>() : 0;
}

std::string error_of(const nlohmann::json& line) {
  if (!line.is_object()) {
    return {};
  }
  const auto detail = line.find("errorDetail");
  std::string text = detail != line.end() ? text_of(*detail, "message") : std::string();
  if (text.empty()) {
    text = text_of(line, "error");
  }
  if (text.empty() && (detail != line.end() || line.contains("error"))) {
    text = "it does not say why";
  }
  return printable(text);
}

} // namespace sandbox::docker
