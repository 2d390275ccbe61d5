// SPDX-License-Identifier: Apache-2.0
//
// The engine at DOCKER_HOST, seen past the library: what it holds of ours.
#pragma once

#include "contract/box.hpp"
#include "docker/engine.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace engine_test {

inline constexpr const char* application_mark = "SANDBOX_TEST_APPLICATION";

const sandbox::docker::Engine& engine();

nlohmann::json get(const std::string& path,
                   std::vector<std::pair<std::string, std::string>> query = {});

/// Ids of all containers that have this label, running or not: "key" or "key=value".
std::vector<std::string> containers_with(const std::string& label);
/// Those that this process made.
std::vector<std::string> own_containers();

std::vector<std::string> volumes();
std::vector<std::string> networks();

/// Makes a container that is never started, of the test image; removes it at its end.
class Container {
 public:
  explicit Container(const nlohmann::json& labels, nlohmann::json host_config = {});
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  ~Container();
  const std::string& id() const noexcept { return id_; }
  bool exists() const;

 private:
  std::string id_;
};

/// A backend of its own, and a box of it with the probe.
std::unique_ptr<sandbox::Backend> make_backend(const std::string& host = {});

/// Waits, at most so long; whether it came true.
bool wait_until(const std::function<bool()>& condition,
                std::chrono::seconds at_most = std::chrono::seconds{20});

/// The process behind DOCKER_HOST; 0 when that cannot be told.
int engine_process();
std::size_t count_threads();

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start);

} // namespace engine_test
