// SPDX-License-Identifier: Apache-2.0
#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <utility>

namespace sandbox {
namespace {

std::string compose(std::string_view step, std::string_view message, std::string_view remedy) {
  std::string text = step.empty() ? std::string(message) : fmt::format("{}: {}", step, message);
  if (!remedy.empty()) {
    text += fmt::format(" ({})", remedy);
  }
  return text;
}

std::string place(std::string_view file, int line, int column) {
  if (line <= 0) {
    return std::string(file);
  }
  return fmt::format("{}:{}:{}", file, line, column);
}

} // namespace

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
  case ErrorCode::invalid_argument:
    return "invalid_argument";
  case ErrorCode::invalid_config:
    return "invalid_config";
  case ErrorCode::not_found:
    return "not_found";
  case ErrorCode::unsupported:
    return "unsupported";
  case ErrorCode::setup_failed:
    return "setup_failed";
  case ErrorCode::backend_lost:
    return "backend_lost";
  case ErrorCode::resource:
    return "resource";
  }
  return "unknown";
}

Error::Error(ErrorCode code, std::string step, const std::string& message, std::string remedy,
             int system_error)
    : std::runtime_error(compose(step, message, remedy)), code_(code), system_error_(system_error),
      step_(std::move(step)), remedy_(std::move(remedy)) {}

ConfigError::ConfigError(std::string file, int line, int column, const std::string& message)
    : Error(ErrorCode::invalid_config, place(file, line, column), message), file_(std::move(file)),
      line_(line), column_(column) {}

} // namespace sandbox
