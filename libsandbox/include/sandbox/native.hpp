// SPDX-License-Identifier: Apache-2.0
//
// The native backend: namespaces, seccomp and cgroups of this host, as root or as an unprivileged
// user.
#pragma once

#include <sandbox/backend.hpp>
#include <sandbox/export.hpp>

#include <memory>
#include <string>
#include <vector>

namespace sandbox {

struct NativeOptions {
  /// Where the backend keeps its control groups: below this group in each v1 hierarchy, or below it
  /// in the v2 one. Made when it does not exist. Empty on v2: the group the application runs in,
  /// when it is delegated.
  std::string cgroup_parent{"/libsandbox"};

  /// Guarantees (names as in Guarantee::name) that may be missing without open() throwing. The
  /// result says which were. Empty: a host that cannot give every one of them is an
  /// Error(unsupported); "landlock" alone may be missing unasked.
  std::vector<std::string> accept_missing{};

  /// Guarantees that must be in force although they are optional by default ("landlock").
  std::vector<std::string> require{};

  /// Prepared places for boxes that may stay open while unused, for each environment: as many as
  /// boxes lived at a time, at most. Each takes half a MiB of the kernel's memory and five
  /// descriptors.
  unsigned max_idle_slots{64};
};

/// Cheap; the first open() starts the launcher, so an application that becomes a daemon does that
/// before: every box ends with the process that opened the first. At most 256 boxes of one backend
/// are open or kept ready at a time. Throws Error(invalid_argument) for an unknown guarantee name.
SANDBOX_API std::unique_ptr<Backend> make_native_backend(NativeOptions options = {});

} // namespace sandbox
