// SPDX-License-Identifier: Apache-2.0
//
// Which files the boxes of an environment show, told by their metadata. The launcher keeps the
// mount tree that it made: what is described is what it holds, not what lies at these paths now.
#pragma once

#include "native/file_records.hpp"
#include "native/mounts.hpp"
#include "native/shared_calls.hpp"
#include "native/tree_plan.hpp"
#include "os/fd.hpp"

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

namespace sandbox::native {

class RootIdentity {
 public:
  /// Before the launcher opens the sources of `plan`. What goes wrong is told by text().
  explicit RootIdentity(const TreePlan& plan) noexcept;
  RootIdentity(const RootIdentity&) = delete;
  RootIdentity& operator=(const RootIdentity&) = delete;

  /// After it has: whether it opened what we hold is known by nothing having changed meanwhile.
  void launcher_is_ready() noexcept;

  /// Two equal texts stand for the same files, on this machine. Throws Error(unsupported) when what
  /// the boxes show cannot be told, other Errors for what cannot be looked at. Waits for the
  /// clock's next tick when a file was changed within this one: a further change would not show.
  /// Thread-safe.
  std::string text() { return looks_(); }

 private:
  struct Source {
    std::string path;
    std::string place; // empty: lies in another's
    os::Fd held;       // O_PATH
    struct stat about;
  };
  /// A mount at or below a source.
  struct Inner {
    std::size_t source;
    std::string path; // from there
    Mount mount;
    bool operator==(const Inner& other) const noexcept;
  };

  void hold(const TreePlan& plan);
  void hold_source(const std::string& path, const std::string& place);
  void confirm();
  std::vector<Inner> inner_mounts() const;
  void refuse_changed_tree() const;
  std::string look();
  FileRecords record_or_give_up();
  FileRecords record() const;
  void record_packaged(FileRecords& records, std::size_t source) const;

  std::vector<Source> sources_;
  std::vector<Inner> mounts_; // when the sources were opened
  std::string plan_;
  bool follows_links_{true};
  std::string problem_;
  std::optional<FileRecords> seen_; // what seen_text_ was made of, when that can be compared with
  std::string seen_text_;
  SharedCalls looks_{[this] { return look(); }};
};

} // namespace sandbox::native
