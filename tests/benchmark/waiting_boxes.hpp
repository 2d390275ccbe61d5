// SPDX-License-Identifier: Apache-2.0
//
// Boxes that are open while nothing is run in them, and what they hold.
#pragma once

#include <sandbox/backend.hpp>

#include <memory>
#include <string>
#include <vector>

namespace benchmark {

struct Holding {
  double processes_kib{0}; // proportional set size of our descendants
  double charged_kib{0};   // to our control groups; 0 where the kernel does not tell
  double pages_kib{0};     // of the whole host: anonymous and shared pages, page tables
  double objects_kib{0};   // of the whole host: the kernel's
  double percpu_kib{0};    // of the whole host: what the kernel has for each processor
  double vmalloc_kib{0};   // of the whole host: the kernel's stacks, filters and the like
  double supervisor_kib{0};
  double descriptors{0}; // of the supervisor

  double kernel_kib() const { return objects_kib + percpu_kib + vmalloc_kib; }
};

/// `cgroup_parent` as in NativeOptions.
Holding held_now(const std::string& cgroup_parent);

class WaitingBoxes {
 public:
  explicit WaitingBoxes(sandbox::Backend& backend) : backend_(backend) {}

  /// Opens more until there are so many.
  void grow_to(std::size_t count);
  std::size_t count() const { return sessions_.size(); }

 private:
  sandbox::Backend& backend_;
  std::vector<std::unique_ptr<sandbox::Session>> sessions_;
};

} // namespace benchmark
