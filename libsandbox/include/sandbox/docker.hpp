// SPDX-License-Identifier: Apache-2.0
//
// The docker backend: boxes are containers of an engine that speaks the Docker Engine API (Docker
// 20.10 or newer, rootless ones and podman's service among them). The images need nothing of ours.
#pragma once

#include <sandbox/backend.hpp>
#include <sandbox/export.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace sandbox {

struct DockerOptions {
  /// Where the engine listens, as in DOCKER_HOST: unix:///path, tcp://host:port. Empty:
  /// DOCKER_HOST, else the usual sockets. TLS as DOCKER_TLS_VERIFY and DOCKER_CERT_PATH say.
  std::string host{};

  /// The engine's runtime for the containers: "runsc", "kata". Empty: the engine's default.
  std::string runtime{};

  /// Guarantees (names as in Guarantee::name) that may be missing without open() throwing. The
  /// result says which were. "landlock" and "user_namespace" may be missing unasked.
  std::vector<std::string> accept_missing{};

  /// Guarantees that must be in force although they are optional by default.
  std::vector<std::string> require{};

  /// A box ends after this time whatever happens, its supervisor stopped or gone, and its container
  /// may then be removed by anybody's gc. At most a day.
  std::chrono::seconds max_box_life{std::chrono::hours{1}};
};

/// Cheap; the engine is asked first by open(). Containers are removed by the engine when their init
/// ends, which it does when this process does; a thread of the backend's own, which takes no
/// signals, sees to it that they are. Throws Error(invalid_argument) for options that cannot be
/// meant, Error(unsupported) for ssh://.
SANDBOX_API std::unique_ptr<Backend> make_docker_backend(DockerOptions options = {});

} // namespace sandbox
