// SPDX-License-Identifier: Apache-2.0
#include "docker/memory_events.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <thread>

namespace sandbox::docker {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::seconds patience{1};
constexpr std::chrono::milliseconds pause_before_next_question{20};
constexpr std::chrono::seconds call_timeout{2};

std::string seconds_of(system_clock::time_point time) {
  const auto ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  return fmt::format("{}.{:09}", ns / 1'000'000'000, ns % 1'000'000'000);
}

/// Until now: an engine would wait for what is to come before it answered.
std::optional<bool> told(const Engine& engine, const std::string& container,
                         system_clock::time_point since) noexcept {
  try {
    const nlohmann::json filters{{"container", {container}}, {"event", {"oom"}}};
    Call call{Verb::get, "/events"};
    call.query = {{"since", seconds_of(since)},
                  {"until", seconds_of(system_clock::now())},
                  {"filters", filters.dump()}};
    call.timeout = call_timeout;
    return engine.expect(call, {200}).body.find("\"oom\"") != std::string::npos;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

} // namespace

std::optional<bool> ran_out_of_memory(const Engine& engine, const std::string& container,
                                      system_clock::time_point since) noexcept {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto answer = told(engine, container, since);
    if (answer.value_or(false) || std::chrono::steady_clock::now() > deadline) {
      return answer;
    }
    std::this_thread::sleep_for(pause_before_next_question);
  }
}

} // namespace sandbox::docker
