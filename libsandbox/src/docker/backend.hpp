// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/container.hpp"
#include "docker/container_spec.hpp"
#include "docker/remover.hpp"
#include "wire/messages.hpp"

#include <sandbox/docker.hpp>

#include <linux/filter.h>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sandbox::docker {

class DockerBackend final : public Backend {
 public:
  explicit DockerBackend(DockerOptions options);

  std::string_view name() const noexcept override { return "docker"; }
  std::unique_ptr<Session> open(const Environment& wanted) override;
  Probe probe() override;
  std::vector<Leftover> collect_garbage(bool dry_run) override;

 private:
  /// The policy in both forms, for one kind of network.
  struct Policy {
    std::vector<sock_filter> filter;
    std::string profile;
    std::string_view filter_bytes() const noexcept;
  };

  const std::shared_ptr<Remover>& remover();
  const Policy& policy(Network network);
  Flavour flavour();
  std::unique_ptr<Container> make_container(const Environment& environment);
  void make_room_to_start(Limits& limits);
  void fill_volume(unsigned fillings_before, const std::string& image);
  std::unique_ptr<Session> start_box(std::unique_ptr<Container> container,
                                     const Environment& environment);

  DockerOptions options_;
  std::mutex mutex_;
  std::shared_ptr<Remover> remover_;
  std::map<Network, Policy> policies_;
  std::optional<Flavour> flavour_;
  std::mutex filling_;
  std::atomic<unsigned> fillings_{0};
};

} // namespace sandbox::docker
