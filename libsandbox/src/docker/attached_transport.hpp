// SPDX-License-Identifier: Apache-2.0
//
// The standard streams of a container as the stream to its init: frames out of stdout, complaints
// out of stderr. The engine prefixes each piece with its origin and size
// (https://docs.docker.com/reference/api/engine/, "Stream format").
#pragma once

#include "docker/engine.hpp"
#include "monitor/transport.hpp"

namespace sandbox::docker {

class AttachedTransport final : public monitor::Transport {
 public:
  explicit AttachedTransport(Engine::Attached attached);

  int descriptor() const noexcept override { return connection_.descriptor(); }
  bool carries_descriptors() const noexcept override { return false; }
  int send(std::string_view bytes, std::span<const int> descriptors) override;
  long receive(std::span<char> buffer, bool wait) override;
  void close() noexcept override { connection_.close(); }
  std::string last_words() const override { return complaints_; }

 private:
  long fill(bool wait);
  bool take_header();
  std::size_t take_payload(std::span<char> buffer);

  Connection connection_;
  std::string raw_;
  std::size_t begin_{0};
  std::size_t end_{0};
  std::size_t left_{0}; // of the piece that is being read
  bool from_stdout_{true};
  bool broken_{false};
  std::string complaints_;
  std::size_t complained_{0};
};

} // namespace sandbox::docker
