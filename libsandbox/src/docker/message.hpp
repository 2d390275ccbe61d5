// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandbox::docker {

enum class Verb : std::uint8_t { get, head, post, put, remove };

std::string_view to_string(Verb verb) noexcept;

/// What the engine is asked.
struct Call {
  Verb verb{Verb::get};
  std::string path{};                                       // "/containers/create", encoded
  std::vector<std::pair<std::string, std::string>> query{}; // not encoded yet
  std::string body{};
  std::string content_type{"application/json"};
  std::chrono::milliseconds timeout{30'000};
  std::uint64_t max_answer_bytes{8 << 20};
};

/// For messages: "POST /containers/create".
std::string describe(const Call& call);

/// What the engine answered.
struct Answer {
  unsigned status{};
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The first header of this name, in whatever case; empty when there is none.
  std::string header(std::string_view name) const;
  /// Throws Error(backend_lost) when the body is no JSON.
  nlohmann::json json() const;
};

/// An engine repeats what programs and images are called: nothing in it may steer a terminal. Cut
/// after some hundred bytes.
std::string printable(std::string_view text);

/// Why the engine refused, in its own words made printable.
std::string engine_text(const Answer& answer);

/// Throws what an answer means that is not among those hoped for, with the engine's own words.
[[noreturn]] void throw_refusal(const Call& call, const Answer& answer);

} // namespace sandbox::docker
