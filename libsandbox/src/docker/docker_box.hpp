// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/container.hpp"
#include "monitor/box.hpp"

#include <map>

namespace sandbox::docker {

/// A box in a container; removes it when it is destroyed.
class DockerBox final : public monitor::Box {
 public:
  struct Making {
    std::unique_ptr<Container> container;
    monitor::Channel channel;
    std::vector<Guarantee> guarantees;
    Limits limits; // in force
    int cgroup_version{0};
    std::uint64_t files_bytes{0}; // that the box's file systems may hold together
    std::string_view filter;      // BPF; outlives the box
    std::chrono::seconds life{0}; // from now on
  };
  explicit DockerBox(Making making);
  ~DockerBox() override;

  monitor::Channel& channel() noexcept override { return made_.channel; }
  std::string_view backend() const noexcept override { return "docker"; }
  const std::vector<Guarantee>& guarantees() const noexcept override { return made_.guarantees; }
  monitor::StageSetup prepare(const Limits& limits) override;
  std::optional<std::uint64_t> out_of_memory_kills() noexcept override;
  std::optional<bool> memory_limit_reached() noexcept override { return std::nullopt; }
  void lift_cpu_limit() noexcept override;
  void make_room_for_init() override;
  std::string root_identity() override;
  void file_put(std::string_view path, std::uint64_t bytes) override;
  void emptied() noexcept override;
  void stage_ended(const wire::Ended& ended) noexcept override;
  bool is_fresh() const noexcept override;
  void kill() noexcept override { made_.container->kill(); }

 private:
  bool in_force(std::string_view guarantee) const noexcept;
  void refuse_outliving(const Limits& limits) const;
  void let_engine_tell_of_last_stage() noexcept;
  std::optional<bool> ran_out_of_memory() const noexcept; // the last stage
  void put_into_force(const Limits& limits, bool limit_cores);

  Making made_;
  std::chrono::system_clock::time_point prepared_; // the last stage
  bool was_short_of_memory_{false};                // the last stage
  bool engine_tells_{true};                        // of kills for want of memory
  bool cores_limited_{true};
  bool limits_known_{true};      // not when an update has failed: it may have been carried out
  std::uint64_t files_bytes_{0}; // left by the last stage, and put since
  std::map<std::string, std::uint64_t> put_; // what each path's share of that is
  std::string root_identity_;
  std::chrono::steady_clock::time_point made_at_{std::chrono::steady_clock::now()};
};

} // namespace sandbox::docker
