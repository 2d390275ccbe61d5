// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"
#include "os/made_here.hpp"

#include <string>

namespace sandbox::native {

/// Owns a control group. The destructor removes it: what ran in it must be gone, and so must the
/// groups below it. What cannot be removed then the guard removes, or garbage collection.
class GroupDirectory {
 public:
  GroupDirectory() = default;
  /// Makes it, or takes the one that is there. `parent` must outlive it. Throws Error.
  GroupDirectory(int parent, std::string name);
  GroupDirectory(GroupDirectory&& other) noexcept;
  GroupDirectory& operator=(GroupDirectory&& other) noexcept;
  ~GroupDirectory() { remove(); }

  int get() const noexcept { return directory_.get(); }
  explicit operator bool() const noexcept { return !name_.empty(); }
  /// Gives up the descriptor; the group stays ours.
  void close() noexcept { directory_.close(); }
  void remove() noexcept;

 private:
  int parent_{-1};
  std::string name_;
  os::Fd directory_;
  os::MadeHere made_here_;
};

/// Opens `path`, making what is missing of it below `mount_point`. It stays: others use it too.
os::Fd make_path(const std::string& mount_point, const std::string& path);

} // namespace sandbox::native
