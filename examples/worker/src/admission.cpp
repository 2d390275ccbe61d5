// SPDX-License-Identifier: Apache-2.0
#include "admission.hpp"

#include <sandbox/error.hpp>
#include <sandbox/sandbox.hpp>
#include <sandbox/units.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

namespace worker {
namespace {

using sandbox::Limits;

[[noreturn]] void refuse(const char* code, const std::string& message) {
  throw Refusal(code, message);
}

bool exceeds(const Limits& asked, const Limits& most) {
  return asked.cpu_time > most.cpu_time || wall_time(asked) > wall_time(most) ||
         asked.memory_bytes > most.memory_bytes || asked.processes > most.processes ||
         asked.cores > most.cores || asked.output_bytes > most.output_bytes ||
         asked.file_size_bytes > most.file_size_bytes || asked.disk_bytes > most.disk_bytes ||
         asked.disk_inodes > most.disk_inodes || asked.open_files > most.open_files ||
         asked.stack_bytes > most.stack_bytes;
}

/// The maxima with one of them replaced: what exceeds them then is what was asked for.
void check_maximum(const std::string& name, const std::string& value, const Limits& most) {
  Limits replaced = most;
  set_limit(replaced, name, value);
  if (name == "cpu_time") {
    replaced.wall_time = most.wall_time; // set_limit takes it back
  }
  if (exceeds(replaced, most)) {
    refuse("limit_too_high",
           fmt::format("limits.{}: {} is more than is allowed here", name, value));
  }
}

Limits limits_of(const Job& job, const Limits& defaults, const Limits& most) {
  Limits limits = defaults;
  try {
    // In the library's order: a CPU time that is set takes back a wall time.
    for (const std::string_view name : sandbox::limit_names()) {
      const auto asked = std::find_if(job.limits.begin(), job.limits.end(),
                                      [name](const auto& each) { return each.first == name; });
      if (asked != job.limits.end()) {
        check_maximum(asked->first, asked->second, most);
        set_limit(limits, asked->first, asked->second);
      }
    }
    validate(limits);
  } catch (const sandbox::Error& error) {
    refuse("invalid_limit", error.what());
  }
  if (!job.limits.empty() && wall_time(limits) > wall_time(most)) {
    refuse("limit_too_high",
           "limits: the wall time that follows from cpu_time is more than is allowed here");
  }
  return limits;
}

void check_limit_names(const Job& job) {
  const auto& names = sandbox::limit_names();
  for (const auto& [name, value] : job.limits) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      refuse("invalid_limit",
             fmt::format("limits.{} is not known; known: {}", name, fmt::join(names, ", ")));
    }
  }
}

void check_count(const char* what, std::size_t count, std::uint64_t most) {
  if (count > most) {
    refuse("limit_too_high",
           fmt::format("{} {} are more than the {} that are allowed here", count, what, most));
  }
}

/// The files, the folders above them, and /box itself.
std::size_t inodes_of(const std::vector<sandbox::SourceFile>& files) {
  std::set<std::string_view> folders;
  for (const sandbox::SourceFile& file : files) {
    const std::string_view path = file.path;
    for (std::size_t end = path.find('/'); end != std::string_view::npos;
         end = path.find('/', end + 1)) {
      folders.insert(path.substr(0, end));
    }
  }
  return files.size() + folders.size() + 1;
}

/// A box in which there is no room for them would look like a failure of the host, which is tried
/// again, and has the worker take no job until it has looked at its host.
void check_files_fit(const Job& job, const sandbox::Recipe& recipe, const Limits& run) {
  constexpr std::uint64_t page = 4096; // where they are larger the box has less room yet
  const Limits& compile = recipe.compile ? recipe.compile->limits : run; // in the same box
  std::uint64_t bytes = 0;
  for (const sandbox::SourceFile& file : job.files) {
    bytes += (file.bytes.size() + page - 1) / page * page;
  }
  if (bytes > std::max(run.disk_bytes, compile.disk_bytes) ||
      inodes_of(job.files) > std::max(run.disk_inodes, compile.disk_inodes)) {
    refuse("invalid_limit", "limits.disk, limits.disk_inodes: the job's own files take more");
  }
}

/// A job holds its slot, and its message, for as long as all of its tests together.
void check_job_time(std::chrono::nanoseconds each, std::size_t tests, milliseconds most) {
  if (each > most / static_cast<milliseconds::rep>(tests)) {
    refuse("limit_too_high",
           fmt::format("{} tests of up to {} are more than the {} that are allowed a job here",
                       tests, sandbox::format_duration(each), sandbox::format_duration(most)));
  }
}

} // namespace

Admitted admit(const Job& job, const Languages& languages, const MaximaConfig& maxima) {
  const sandbox::Recipe* recipe = languages.find(job.language);
  if (recipe == nullptr) {
    refuse("unknown_language", fmt::format("language \"{}\" is not known here", job.language));
  }
  check_count("tests", job.tests.size(), maxima.tests);
  check_count("files", job.files.size(), maxima.files);
  // Each is compared with each file that a program leaves, after each test.
  check_count("artifacts", job.artifacts.size(), sandbox::RunOptions{}.artifacts_max_count);
  check_limit_names(job);
  const Limits limits = limits_of(job, recipe->run.limits, maxima.run);
  check_files_fit(job, *recipe, limits);
  if (job.tests.size() > 1) {
    check_job_time(wall_time(limits), job.tests.size(), maxima.job_time);
  }
  return {recipe, limits};
}

} // namespace worker
