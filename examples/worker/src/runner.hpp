// SPDX-License-Identifier: Apache-2.0
//
// The library as the worker uses it: one backend, one pool, one compile cache for all lanes.
#pragma once

#include "admission.hpp"
#include "config.hpp"
#include "job.hpp"
#include "languages.hpp"
#include "result.hpp"

#include <sandbox/backend.hpp>
#include <sandbox/pool.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace worker {

/// Thread-safe.
class Runner {
 public:
  /// Opens no box. Throws sandbox::Error.
  Runner(const Config& config, unsigned slots, unsigned lanes);

  /// Has boxes opened for the languages that the configuration names as warm.
  void prepare();

  const Languages& languages() const noexcept { return languages_; }
  sandbox::Pool& pool() noexcept { return pool_; }
  sandbox::Backend& backend() noexcept { return *backend_; }
  sandbox::CompileCache* cache() noexcept { return cache_ ? &*cache_ : nullptr; }
  const Config& config() const noexcept { return config_; }

 private:
  Config config_;
  Languages languages_;
  std::unique_ptr<sandbox::Backend> backend_;
  std::optional<sandbox::CompileCache> cache_;
  sandbox::Pool pool_;
};

/// One job on its way through the pool, its tests one after the other. Used by one thread.
class Execution {
 public:
  /// `sink` may be null; it, the job and the recipe must live as long as this. Throws
  /// sandbox::Error.
  Execution(Runner& runner, const Job& job, const Admitted& admitted, sandbox::OutputSink* sink,
            std::stop_token stop);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  /// Waits up to `patience` for the end of all; true when it is there. Throws sandbox::Error when a
  /// run could not be had.
  bool ended(std::chrono::milliseconds patience);

  /// True when a run was cancelled: the reports are none.
  bool cancelled() const noexcept { return cancelled_; }
  std::vector<TestReport> take_reports() noexcept { return std::move(reports_); }
  /// Of each run, what it took beside its program: to wait for a slot, to get a box, to put files.
  const std::vector<std::chrono::nanoseconds>& overheads() const noexcept { return overheads_; }

 private:
  void submit_next();
  void take_report();

  Runner& runner_;
  const Job& job_;
  const sandbox::Recipe& recipe_;
  sandbox::RunOptions options_;
  std::stop_token stop_;
  std::future<sandbox::Report> future_{};
  std::chrono::steady_clock::time_point submitted_{};
  std::vector<TestReport> reports_{};
  std::vector<std::chrono::nanoseconds> overheads_{};
  bool cancelled_{false};
};

} // namespace worker
