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
  /// Whether the engine has told of an out-of-memory kill in it since then, or does so within the
  /// next second: it hears of that on a way of its own. Works for a container that is gone as well.
  /// Nothing when the engine cannot say.
  std::optional<bool> ran_out_of_memory(std::chrono::system_clock::time_point since) const noexcept;
  /// Returns when the engine has told of an out-of-memory kill since then, false when it did not
  /// for a second.
  bool await_out_of_memory(std::chrono::system_clock::time_point since) const noexcept;

 private:
  std::optional<bool>
  told_of_out_of_memory(std::chrono::system_clock::time_point since,
                        std::chrono::system_clock::time_point until) const noexcept;

  std::shared_ptr<Remover> remover_;
  std::string id_;
};

} // namespace sandbox::docker
