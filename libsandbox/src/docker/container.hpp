// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/engine.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace sandbox::docker {

class Remover;

/// Owns a container from the moment the engine has made it; removes it in the background.
class Container {
 public:
  /// Throws Error(not_found) when the image is missing, Error(setup_failed) when the engine will
  /// not make it.
  Container(std::shared_ptr<Remover> remover, const std::string& spec);
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  ~Container();

  const std::string& id() const noexcept { return id_; }
  const Engine& engine() const noexcept;

  Engine::Attached attach() const { return engine().attach(id_); }
  /// Throws Error(setup_failed) with the runtime's words.
  void start() const;
  /// Body of a container update. Throws Error.
  void update(const std::string& limits) const;
  void kill() const noexcept;
  struct Origin {
    std::string image_id; // the digest of its configuration
    std::string runtime;  // the engine's default too
  };
  /// What it was made from and with. Throws Error.
  Origin origin() const;

 private:
  std::shared_ptr<Remover> remover_;
  std::string id_;
};

} // namespace sandbox::docker
