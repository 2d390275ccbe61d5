// SPDX-License-Identifier: Apache-2.0
//
// The ten-line way in: a recipe and a submission become a Report.
#pragma once

#include <sandbox/backend.hpp>
#include <sandbox/cache.hpp>
#include <sandbox/error.hpp>
#include <sandbox/native.hpp>
#include <sandbox/recipe.hpp>
#include <sandbox/recipe_catalog.hpp>
#include <sandbox/report.hpp>
#include <sandbox/submission.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace sandbox {

struct RunOptions {
  /// Replace the recipe's limits. disk_bytes and disk_inodes of the larger stage hold for the box.
  std::optional<Limits> run_limits{};
  std::optional<Limits> compile_limits{};

  /// Replaces the recipe's image or host toolchain.
  std::string image{};
  std::filesystem::path rootfs{};
  Network network{Network::none};

  /// Keeps what compile stages make, and spares later ones that are given the same. Not owned.
  CompileCache* cache{nullptr};

  /// Names and globs (* ? [..], ** across folders) of files to bring back from /box after the run.
  std::vector<std::string> artifacts{};
  std::uint64_t artifact_max_bytes{16 * MiB}; // each
  std::uint64_t artifacts_total_max_bytes{64 * MiB};
  std::uint64_t artifacts_max_count{256};

  /// Takes the run stage's output as it comes, all that is within the output limit.
  OutputSink* sink{nullptr};

  /// What the report keeps of each of the run stage's streams, whether or not there is a sink; the
  /// compile stage's are kept up to 1 MiB, head and tail. Memory: at most twice that.
  std::uint64_t keep_bytes{1 * MiB};
  Keep keep{Keep::head};
};

/// Thread-safe: run() may be called from many threads at once. Does not own the backend.
class SANDBOX_API Sandbox {
 public:
  explicit Sandbox(Backend& backend) noexcept;

  /// The box that run() opens for this recipe with these options. Throws Error(not_found) when this
  /// host lacks the recipe's toolchain.
  Environment environment(const Recipe& recipe, const RunOptions& options = {}) const;

  /// Compiles (when the recipe does) and runs one submission in one fresh box, then destroys the
  /// box. A compile stage that does not end ok ends the report. Throws Error; see Session::run.
  Report run(const Recipe& recipe, const Submission& submission, const RunOptions& options = {},
             std::stop_token stop = {}) const;

  /// What the recipe's version command says in a box: its first line that is not empty, "" for a
  /// recipe without one. Throws Error; Error(unsupported) when the command fails.
  std::string toolchain_version(const Recipe& recipe, const RunOptions& options = {}) const;

 private:
  Backend* backend_;
};

} // namespace sandbox
