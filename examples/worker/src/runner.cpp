// SPDX-License-Identifier: Apache-2.0
#include "runner.hpp"

#include <sandbox/docker.hpp>
#include <sandbox/error.hpp>
#include <sandbox/native.hpp>

#include <algorithm>
#include <utility>

namespace worker {
namespace {

std::unique_ptr<sandbox::Backend> make_backend(const SandboxConfig& config) {
  if (config.backend == "docker") {
    sandbox::DockerOptions options;
    options.host = config.docker_host;
    options.runtime = config.docker_runtime;
    options.accept_missing = config.accept_missing;
    return make_docker_backend(std::move(options));
  }
  sandbox::NativeOptions options;
  options.cgroup_parent = config.cgroup_parent;
  options.accept_missing = config.accept_missing;
  return make_native_backend(std::move(options));
}

std::optional<sandbox::CompileCacheOptions> cache_options(const SandboxConfig& config) {
  if (config.compile_cache.empty()) {
    return std::nullopt;
  }
  sandbox::CompileCacheOptions options;
  options.folder = config.compile_cache;
  return options;
}

sandbox::PoolOptions pool_options(const SandboxConfig& config, unsigned slots, unsigned lanes) {
  sandbox::PoolOptions options;
  options.slots = slots;
  options.max_waiting = lanes;
  options.warm_boxes = config.warm_boxes == 0 ? 0 : std::max(config.warm_boxes, slots);
  options.max_warm_boxes = std::max(options.max_warm_boxes, 2 * slots);
  options.interpreters_ahead = config.interpreters_ahead && config.backend == "native";
  return options;
}

} // namespace

Runner::Runner(const Config& config, unsigned slots, unsigned lanes)
    : config_(config), languages_(config.sandbox), backend_(make_backend(config.sandbox)),
      pool_(*backend_, pool_options(config.sandbox, slots, lanes)) {
  for (const std::string& name : config.sandbox.warm) {
    if (languages_.find(name) == nullptr) {
      throw sandbox::Error(sandbox::ErrorCode::not_found, "sandbox.warm: " + name,
                           "is not among the languages that are served here");
    }
  }
  if (const auto options = cache_options(config.sandbox)) {
    cache_.emplace(*options);
  }
}

void Runner::prepare() {
  sandbox::RunOptions options;
  options.cache = cache();
  for (const std::string& name : config_.sandbox.warm) {
    pool_.prepare(*languages_.find(name), options);
  }
}

Execution::Execution(Runner& runner, const Job& job, const Admitted& admitted,
                     sandbox::OutputSink* sink, std::stop_token stop)
    : runner_(runner), job_(job), recipe_(*admitted.recipe), stop_(std::move(stop)) {
  options_.run_limits = admitted.run_limits;
  options_.cache = runner.cache();
  options_.artifacts = job.artifacts;
  options_.artifacts_total_max_bytes = runner.config().queue.max_result_bytes;
  options_.artifact_max_bytes = runner.config().queue.max_result_bytes;
  options_.keep_bytes = runner.config().maxima.kept_output_bytes;
  options_.sink = sink;
  submit_next();
}

/// The pool may still call the sink.
Execution::~Execution() {
  if (future_.valid()) {
    future_.wait();
  }
}

void Execution::submit_next() {
  sandbox::Submission submission;
  submission.files = job_.files;
  submission.env = job_.env;
  const bool tested = !job_.tests.empty();
  const Test* const test = tested ? &job_.tests[reports_.size()] : nullptr;
  submission.args = tested ? test->args : job_.args;
  const std::string& input = tested ? test->input : job_.input;
  if (!input.empty()) { // none needs no pipe
    submission.input = sandbox::BytesInput{input};
  }
  submitted_ = std::chrono::steady_clock::now();
  future_ = runner_.pool().submit(recipe_, std::move(submission), options_, stop_);
}

void Execution::take_report() {
  sandbox::Report report = future_.get();
  std::chrono::nanoseconds overhead = std::chrono::steady_clock::now() - submitted_;
  for (const sandbox::StageReport& stage : report.stages) {
    const bool ran = stage.cache.outcome != sandbox::CacheUse::Outcome::hit;
    overhead -= ran ? stage.result.usage.wall_time : std::chrono::nanoseconds::zero();
  }
  overheads_.push_back(std::max(overhead, std::chrono::nanoseconds::zero()));
  cancelled_ = report.last().result.verdict == sandbox::Verdict::cancelled;
  // What cannot be in the result is not kept until there is one.
  const std::uint64_t max_bytes = runner_.config().queue.max_result_bytes;
  bound(report, 2 * max_bytes / std::max<std::size_t>(1, job_.tests.size()));
  for (const sandbox::Artifact& each : report.artifacts) {
    options_.artifacts_total_max_bytes -=
        std::min<std::uint64_t>(options_.artifacts_total_max_bytes, each.bytes.size());
  }
  const std::string name = job_.tests.empty() ? std::string() : job_.tests[reports_.size()].name;
  reports_.push_back({name, std::move(report)});
}

bool Execution::ended(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (future_.wait_until(deadline) == std::future_status::ready) {
    take_report();
    if (cancelled_ || reports_.back().report.compile_failed() ||
        reports_.size() >= job_.tests.size()) {
      return true;
    }
    submit_next();
  }
  return false;
}

} // namespace worker
