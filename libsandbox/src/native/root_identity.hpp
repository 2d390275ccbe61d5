// SPDX-License-Identifier: Apache-2.0
//
// Which files the boxes of an environment show, told by their metadata. The launcher keeps the
// mount tree that it made: what is described is what it holds, not what lies at these paths now.
#pragma once

#include "native/tree_plan.hpp"
#include "os/fd.hpp"

#include <sys/stat.h>

#include <string>
#include <vector>

namespace sandbox::native {

class RootIdentity {
 public:
  /// Before the launcher opens the sources of `plan`. What goes wrong is told by text().
  explicit RootIdentity(const TreePlan& plan) noexcept;

  /// After it has: whether it opened what we hold is known by nothing having changed meanwhile.
  void launcher_is_ready() noexcept;

  /// Two equal texts stand for the same files, on this machine. Throws Error(unsupported) when what
  /// the boxes show cannot be told, other Errors for what cannot be looked at. Waits for the
  /// clock's next tick when a file was changed within this one: a further change would not show.
  std::string text() const;

 private:
  struct Source {
    std::string path;
    std::string place;
    os::Fd held; // O_PATH
    struct stat about;
  };

  void hold(const TreePlan& plan);
  void confirm();
  void refuse_other_mounts() const;

  std::vector<Source> sources_;
  std::vector<std::string> mounts_; // below the sources, when they were opened
  std::string plan_;
  bool follows_links_{true};
  std::string problem_;
};

/// The lines of a mountinfo that tell of mounts at or below one of `paths`.
std::vector<std::string> mounts_below(std::string_view mountinfo,
                                      const std::vector<std::string>& paths);

} // namespace sandbox::native
