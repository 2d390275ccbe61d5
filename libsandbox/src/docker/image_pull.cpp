// SPDX-License-Identifier: Apache-2.0
#include "docker/image_stream.hpp"
#include "docker/images.hpp"
#include "docker/pull_progress.hpp"

#include <sandbox/error.hpp>

#include <nlohmann/json.hpp>

namespace sandbox::docker {
namespace {

/// Of a registry that is slow to answer; layers tell of themselves all the time.
constexpr std::chrono::minutes longest_silence{3};

} // namespace

PullTarget pull_target(const std::string& name) {
  const std::size_t at = name.find('@');
  PullTarget target{name.substr(0, at), "latest"};
  const std::size_t colon = target.image.rfind(':');
  if (colon != std::string::npos && target.image.find('/', colon) == std::string::npos) {
    target.tag = target.image.substr(colon + 1);
    target.image.resize(colon);
  }
  if (at != std::string::npos) {
    target.tag = name.substr(at + 1);
  }
  return target;
}

void pull_image(const Engine& engine, const std::string& name, const OnImageProgress& on_progress,
                const std::stop_token& stop) {
  const PullTarget target = pull_target(name);
  Call call{Verb::post, "/images/create"};
  call.query = {{"fromImage", target.image}, {"tag", target.tag}};
  call.timeout = longest_silence;
  PullProgress progress;
  engine.stream(
      call,
      [&](const nlohmann::json& line) {
        if (const std::string error = error_of(line); !error.empty()) {
          throw Error(ErrorCode::setup_failed, "pull image " + name, error);
        }
        const auto step = progress.add(line);
        if (step && on_progress) {
          on_progress(*step);
        }
      },
      stop);
}

} // namespace sandbox::docker
