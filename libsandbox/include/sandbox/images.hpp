// SPDX-License-Identifier: Apache-2.0
//
// The images that the docker backend's boxes are made from: looked up, pulled, built and removed
// through the engine. No credentials are sent: an image that only some may pull has to be there
// already (docker login && docker pull). What an engine tells of its work is other people's text:
// steps may hold any bytes.
#pragma once

#include <sandbox/export.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace sandbox {

namespace docker {
class Engine;
} // namespace docker

struct ImageInfo {
  std::string name{}; // as it was asked for
  std::string id{};   // "sha256:..."
  std::uint64_t size_bytes{0};
  std::string created{}; // RFC 3339
};

/// How far a pull or a build has come. `total` is 0 where it is unknown, and may grow.
struct ImageProgress {
  std::string step{};
  std::uint64_t current{0}; // pull: bytes of all layers; build: steps
  std::uint64_t total{0};
};

using OnImageProgress = std::function<void(const ImageProgress&)>;

struct ImageBuildOptions {
  bool host_network{false}; // the build's own commands see the engine's network
  bool no_cache{false};     // nothing of an earlier build is used again
};

/// Thread-safe. Names are [host[:port]/]path[:tag][@digest]; others are an Error(invalid_argument).
/// Every function throws Error when the engine does not answer or refuses.
class SANDBOX_API Images {
 public:
  /// `host` as in DockerOptions. `patience` bounds each question (two minutes for a removal); of a
  /// pull or build it bounds the silences only. Throws Error as make_docker_backend() does.
  explicit Images(const std::string& host = {},
                  std::chrono::milliseconds patience = std::chrono::seconds{30});
  Images(const Images&) = delete;
  Images& operator=(const Images&) = delete;
  ~Images();

  /// Throws Error unless an engine answers.
  void ping() const;

  /// Nothing when the engine has no such image.
  std::optional<ImageInfo> find(const std::string& name) const;

  /// Those of `names` that the engine has.
  std::vector<ImageInfo> list(const std::vector<std::string>& names) const;

  /// Fetches an image, or its newer version; `latest` where the name has neither tag nor digest.
  /// Nothing when `stop` was requested first.
  std::optional<ImageInfo> pull(const std::string& name, const OnImageProgress& on_progress = {},
                                const std::stop_token& stop = {}) const;

  /// Builds a Dockerfile that needs no other file: it is all that the engine is sent. Nothing when
  /// `stop` was requested first. Throws Error(not_found) when the file cannot be read.
  std::optional<ImageInfo> build(const std::string& name, const std::filesystem::path& dockerfile,
                                 const ImageBuildOptions& options = {},
                                 const OnImageProgress& on_progress = {},
                                 const std::stop_token& stop = {}) const;

  /// Takes the name away, and the image with its last name. Throws Error(not_found) when there is
  /// none, Error(setup_failed) while a container uses it.
  void remove(const std::string& name) const;

 private:
  std::unique_ptr<docker::Engine> engine_;
  std::chrono::milliseconds patience_;
};

} // namespace sandbox
