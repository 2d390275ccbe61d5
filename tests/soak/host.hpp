// SPDX-License-Identifier: Apache-2.0
//
// The backend under test, and what it left on the host when it is gone.
#pragma once

#include <sandbox/backend.hpp>

#include <memory>
#include <string>
#include <vector>

namespace soak {

/// Places for boxes that a backend keeps for each environment: few, so that their number is soon
/// the same and a drift of descriptors can be told from it.
inline constexpr unsigned idle_slots = 4;

class Host {
 public:
  /// Throws std::invalid_argument for an unknown name.
  explicit Host(std::string backend);
  /// Takes away the parent group that it had for itself.
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  std::unique_ptr<sandbox::Backend> make_backend() const;
  const std::string& cgroup_parent() const noexcept { return cgroup_parent_; }
  const std::string& backend() const noexcept { return backend_; }

  /// Groups, containers and processes of this process's that are there; none may be when its
  /// backends are gone.
  std::vector<std::string> left() const;

 private:
  std::string backend_;
  std::string cgroup_parent_;
};

} // namespace soak
