// SPDX-License-Identifier: Apache-2.0
//
// A box as the Engine API's /containers/create and /containers/{id}/update want it.
#pragma once

#include <sandbox/docker.hpp>
#include <sandbox/environment.hpp>
#include <sandbox/limits.hpp>

#include <cstdint>
#include <string>

namespace sandbox::docker {

/// What speaks the Engine API. podman's service takes a seccomp profile only as a file on its own
/// host, so that its own profile stands beside the filter that init loads, and knows no limit on
/// the inodes of a tmpfs, nor an owner for one.
enum class Flavour : std::uint8_t { docker, podman };

/// Body of a create request. `profile` is the seccomp profile in JSON.
std::string container_spec(const Environment& environment, const DockerOptions& options,
                           const std::string& profile, Flavour flavour = Flavour::docker);

/// Body of an update request. Without `limit_cores` the CPU share is lifted, whatever the limits
/// say. Throws Error(unsupported) for a memory limit that no engine takes.
std::string container_limits(const Limits& limits, bool limit_cores = true);

/// /tmp and /dev/shm of a box have this size each.
inline constexpr std::uint64_t scratch_bytes = 64 * MiB;
inline constexpr std::uint64_t cpu_period_us = 100'000;
/// The CFS quota for `cores` in that period.
std::uint64_t cpu_quota_us(double cores);

} // namespace sandbox::docker
