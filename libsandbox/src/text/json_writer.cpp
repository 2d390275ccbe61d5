// SPDX-License-Identifier: Apache-2.0
#include "text/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace sandbox::text {
namespace {

/// What stands in a JSON string as it is, and takes no look at its neighbours.
bool is_plain(char character) noexcept {
  return character >= ' ' && character <= '~' && character != '"' && character != '\\';
}

} // namespace

void JsonWriter::separate() {
  if (!text_.empty() && text_.back() != '{' && text_.back() != '[' && text_.back() != ':') {
    text_ += ',';
  }
}

void JsonWriter::begin(char bracket) {
  separate();
  text_ += bracket;
}

void JsonWriter::key(std::string_view name) {
  separate();
  text_ += '"';
  text_ += name;
  text_ += "\":";
}

void JsonWriter::value(std::string_view text) {
  separate();
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    text_ += '"';
    text_ += text;
    text_ += '"';
  } else {
    using Json = nlohmann::json;
    text_ += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

void JsonWriter::value(bool value) {
  separate();
  text_ += value ? "true" : "false";
}

void JsonWriter::value(std::nullptr_t) {
  separate();
  text_ += "null";
}

} // namespace sandbox::text
