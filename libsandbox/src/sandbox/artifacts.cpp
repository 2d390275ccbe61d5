// SPDX-License-Identifier: Apache-2.0
#include "sandbox/artifacts.hpp"

#include "sandbox/glob.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sandbox {
namespace {

constexpr std::uint64_t most_entries = 100'000;

bool wanted(const RunOptions& options, const BoxEntry& entry) {
  return std::any_of(options.artifacts.begin(), options.artifacts.end(),
                     [&](const std::string& pattern) { return matches_glob(pattern, entry.path); });
}

/// Why the entry cannot be taken; empty when it can.
std::string refusal(const RunOptions& options, const BoxEntry& entry, std::uint64_t total_bytes,
                    std::size_t count) {
  switch (entry.type) {
  case BoxEntry::Type::symlink:
    return "symlink";
  case BoxEntry::Type::directory:
    return "directory";
  case BoxEntry::Type::other:
    return "not a regular file";
  case BoxEntry::Type::file:
    break;
  }
  if (entry.size_bytes > options.artifact_max_bytes) {
    return fmt::format("larger than {} bytes", options.artifact_max_bytes);
  }
  if (entry.size_bytes > options.artifacts_total_max_bytes - total_bytes) {
    return fmt::format("all together larger than {} bytes", options.artifacts_total_max_bytes);
  }
  return count >= options.artifacts_max_count
             ? fmt::format("more than {} files", options.artifacts_max_count)
             : "";
}

/// What is in the box. That it cannot be listed, too deep or too much, is the program's doing and
/// no error: the report tells it of each pattern.
std::vector<BoxEntry> list(Session& session, const RunOptions& options, Report& report) {
  try {
    return session.list_files(most_entries);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::resource) {
      throw;
    }
    for (const std::string& pattern : options.artifacts) {
      report.skipped_artifacts.push_back({pattern, error.what()});
    }
    return {};
  }
}

} // namespace

void collect_artifacts(Session& session, const RunOptions& options, Report& report) {
  if (options.artifacts.empty()) {
    return;
  }
  std::uint64_t total_bytes = 0;
  for (const BoxEntry& entry : list(session, options, report)) {
    if (!wanted(options, entry)) {
      continue;
    }
    std::string reason = refusal(options, entry, total_bytes, report.artifacts.size());
    if (reason.empty()) {
      try {
        Artifact artifact{entry.path, session.get_file(entry.path, options.artifact_max_bytes),
                          entry.executable};
        total_bytes += artifact.bytes.size();
        report.artifacts.push_back(std::move(artifact));
        continue;
      } catch (const Error& error) {
        if (error.code() == ErrorCode::backend_lost) {
          throw;
        }
        reason = error.what(); // unreadable by its own mode, say
      }
    }
    report.skipped_artifacts.push_back({entry.path, std::move(reason)});
  }
}

} // namespace sandbox
