// SPDX-License-Identifier: Apache-2.0
#include "removal_watch.hpp"

#include "docker/owner.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <ctime>
#include <stdexcept>

namespace benchmark {
namespace {

namespace docker = sandbox::docker;

docker::Call removals() {
  const std::string label = fmt::format("{}={}", docker::owner_label, docker::Owner::self().text());
  const nlohmann::json filters{{"event", {"destroy"}}, {"label", {label}}};
  docker::Call call{docker::Verb::get, "/events"};
  call.query = {{"since", fmt::format("{}", std::time(nullptr))}, {"filters", filters.dump()}};
  call.timeout = std::chrono::hours{1};
  return call;
}

} // namespace

RemovalWatch::RemovalWatch(const docker::EngineAddress& address)
    : engine_(address), thread_([this](const std::stop_token& stop) { watch(stop); }) {}

void RemovalWatch::watch(const std::stop_token& stop) noexcept {
  std::string failure = "the engine ended its events";
  try {
    engine_.stream(
        removals(),
        [this](const nlohmann::json&) {
          const std::lock_guard lock(mutex_);
          ++count_;
          changed_.notify_all();
        },
        stop);
  } catch (const std::exception& error) {
    failure = error.what();
  }
  const std::lock_guard lock(mutex_);
  failure_ = failure;
  changed_.notify_all();
}

int RemovalWatch::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

void RemovalWatch::wait_beyond(int before) {
  std::unique_lock lock(mutex_);
  const auto is_told = [&] { return count_ > before || !failure_.empty(); };
  if (!changed_.wait_for(lock, std::chrono::minutes{1}, is_told)) {
    throw std::runtime_error("a container was not removed");
  }
  if (!failure_.empty()) {
    throw std::runtime_error(failure_);
  }
}

void RemovalWatch::settle() const {
  constexpr std::chrono::milliseconds quiet{500};
  for (int before = -1; before != count();) {
    before = count();
    std::this_thread::sleep_for(quiet);
  }
}

} // namespace benchmark
