// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cache/store.hpp"
#include "sandbox/stages.hpp"

#include <optional>
#include <string>

namespace sandbox {

/// What a compile stage is given: equal ones may be compiled once.
struct CompileInput {
  const Recipe& recipe;
  const Submission& submission;
  const Stages& stages;
  const Environment& environment;
};

/// The compile cache's part in one run; without a store it has none. A failure of the cache's never
/// becomes the run's: it compiles, and StageReport::cache tells why.
class CachedCompile {
 public:
  CachedCompile(const cache::Store* store, const CompileInput& input);

  /// The stage as it was when it was compiled, what it made put into the box beside the sources;
  /// nothing when it has to be compiled.
  std::optional<StageReport> restore(Session& session);
  /// After a restore() that failed half-way: compile in another box.
  bool box_is_spoilt() const noexcept { return spoilt_; }

  /// Stores what the stage made, when it ended ok, and writes into its report what became of that.
  void keep(Session& session, StageReport& stage);

 private:
  std::optional<StageReport> find_and_put(Session& session);
  void store(Session& session, StageReport& stage);

  const cache::Store* store_;
  CompileInput input_;
  std::string root_; // as the box's was before it compiled
  std::string key_;  // empty: the cache cannot be used
  CacheUse use_;
  bool spoilt_{false};
};

} // namespace sandbox
