// SPDX-License-Identifier: Apache-2.0
//
// What became of a submission: one Result a stage, the output that was kept, and the artifacts.
#pragma once

#include <sandbox/export.hpp>
#include <sandbox/output.hpp>
#include <sandbox/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

enum class Stage : std::uint8_t { compile, run };
SANDBOX_API std::string_view to_string(Stage stage) noexcept;

/// What became of a stage in the compile cache.
struct CacheUse {
  enum class Outcome : std::uint8_t {
    off,  // there was none, or it is not a compile stage
    hit,  // not run: all that is told of the stage is of the run that was stored
    miss, // run as without a cache
  };
  Outcome outcome{Outcome::off};
  bool stored{false}; // a miss that made an entry
  /// Why the cache could not be used, or why nothing was stored; empty for a stage that failed. May
  /// hold names that the program gave its files, any bytes.
  std::string detail{};
};
SANDBOX_API std::string_view to_string(CacheUse::Outcome outcome) noexcept;

struct StageReport {
  Stage stage{Stage::run};
  Result result{};
  CapturedOutput::Kept standard_output{}; // within RunOptions::keep_bytes
  CapturedOutput::Kept standard_error{};
  CacheUse cache{};
};

struct Artifact {
  std::string path{};
  std::string bytes{};
  bool executable{false};
};

/// A file that matched but was not taken, and why: "symlink", "larger than 1048576 bytes". A
/// pattern in place of the path when the program left what cannot be listed.
struct SkippedArtifact {
  std::string path{};
  std::string reason{};
};

struct Report {
  std::string language{};
  std::vector<StageReport> stages{}; // in the order they ran; a failed compile stage is the last
  std::vector<Artifact> artifacts{};
  std::vector<SkippedArtifact> skipped_artifacts{};

  /// The last stage that ran. `stages` must not be empty; what Sandbox::run returns never is.
  const StageReport& last() const { return stages.back(); }
  /// True when the compile stage ended otherwise than ok.
  SANDBOX_API bool compile_failed() const noexcept;
  SANDBOX_API bool ok() const noexcept;
};

/// The report as one JSON document (docs/report.md). Bytes that are not UTF-8 are base64 with a
/// flag.
SANDBOX_API std::string to_json(const Report& report, bool pretty = true);

} // namespace sandbox
