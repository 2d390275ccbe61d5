// SPDX-License-Identifier: Apache-2.0
#include "docker/json.hpp"

#include <sandbox/error.hpp>

#include <nlohmann/json.hpp>

namespace sandbox::docker {
namespace {

constexpr int deepest = 64;

[[noreturn]] void fail(const char* why) {
  throw Error(ErrorCode::backend_lost, "engine", why);
}

} // namespace

nlohmann::json parse_json(std::string_view text) {
  const auto guard = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > deepest) {
      fail("its JSON is nested too deep");
    }
    return true;
  };
  nlohmann::json value = nlohmann::json::parse(text, guard, false);
  if (value.is_discarded()) {
    fail("it did not answer in JSON");
  }
  return value;
}

void JsonLines::add(std::string_view part) {
  for (;;) {
    const std::size_t newline = part.find('\n');
    const std::string_view piece = part.substr(0, newline);
    if (line_.size() + piece.size() > longest_line) {
      fail("it sent a line of more than 1 MiB");
    }
    line_.append(piece);
    if (newline == std::string_view::npos) {
      return;
    }
    part.remove_prefix(newline + 1);
    finish();
  }
}

void JsonLines::finish() {
  const std::string line = std::exchange(line_, {});
  if (line.find_first_not_of(" \t\r") != std::string::npos) {
    on_line_(parse_json(line));
  }
}

} // namespace sandbox::docker
