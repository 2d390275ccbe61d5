// SPDX-License-Identifier: Apache-2.0
#include "docker/message.hpp"

#include "docker/json.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <strings.h>

#include <algorithm>

namespace sandbox::docker {
namespace {

constexpr std::size_t longest_text = 400;

struct Meaning {
  ErrorCode code;
  const char* remedy;
};

Meaning meaning(unsigned status) {
  switch (status) {
  case 400:
    return {ErrorCode::invalid_argument, ""};
  case 401:
  case 403:
    return {ErrorCode::setup_failed,
            "the engine's authorization refuses this: ask who runs the engine"};
  case 404:
    return {ErrorCode::not_found, ""};
  case 409:
    return {ErrorCode::setup_failed, "another process changed the same object: try again"};
  case 502:
  case 503:
  case 504:
    return {ErrorCode::backend_lost, "the engine is not ready: try again"};
  default:
    break;
  }
  if (status >= 500) {
    return {ErrorCode::setup_failed, "the engine's log says more: journalctl -u docker"};
  }
  return {ErrorCode::backend_lost, "is it an engine that listens there? Check DOCKER_HOST"};
}

} // namespace

std::string_view to_string(Verb verb) noexcept {
  switch (verb) {
  case Verb::get:
    return "GET";
  case Verb::head:
    return "HEAD";
  case Verb::post:
    return "POST";
  case Verb::put:
    return "PUT";
  case Verb::remove:
    break;
  }
  return "DELETE";
}

std::string describe(const Call& call) {
  return fmt::format("{} {}", to_string(call.verb), call.path);
}

std::string Answer::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [name](const auto& header) {
    return header.first.size() == name.size() &&
           ::strncasecmp(header.first.data(), name.data(), name.size()) == 0;
  });
  return found != headers.end() ? found->second : std::string();
}

nlohmann::json Answer::json() const {
  return parse_json(body);
}

std::string printable(std::string_view text) {
  std::string shown(text.substr(0, longest_text));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  shown.erase(shown.find_last_not_of(' ') + 1);
  return text.size() > longest_text ? shown + "..." : shown;
}

std::string engine_text(const Answer& answer) {
  try {
    const nlohmann::json body = answer.json();
    if (const auto message = body.find("message"); message != body.end() && message->is_string()) {
      return printable(message->get_ref<const std::string&>());
    }
  } catch (const Error&) {
    // A proxy in between answers in HTML.
  }
  return fmt::format("status {}: {}", answer.status, printable(answer.body));
}

void throw_refusal(const Call& call, const Answer& answer) {
  const auto [code, remedy] = meaning(answer.status);
  throw Error(code, describe(call), engine_text(answer), remedy);
}

} // namespace sandbox::docker
