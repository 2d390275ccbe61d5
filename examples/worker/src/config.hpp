// SPDX-License-Identifier: Apache-2.0
//
// Everything that an operator decides: one YAML file, and environment variables that win over it.
// config.example.yaml shows every key with its default.
#pragma once

#include "queues/rabbitmq_config.hpp"
#include "queues/redis_config.hpp"
#include "queues/sqs_config.hpp"

#include <sandbox/limits.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace worker {

using std::chrono::milliseconds;

/// `queue:`, what holds for every kind of queue.
struct QueueConfig {
  std::string kind{"redis_streams"};
  /// Served in this order: one that is named earlier is empty before a later one is looked at.
  std::vector<std::string> names{"jobs:high", "jobs", "jobs:low"};
  milliseconds lease{30'000}; // extended while the job runs
  unsigned max_deliveries{3};
  std::vector<milliseconds> retry_delays{milliseconds{1'000}, milliseconds{4'000},
                                         milliseconds{16'000}}; // the last one again
  std::uint64_t max_payload_bytes{8 * sandbox::MiB};
  std::uint64_t max_result_bytes{4 * sandbox::MiB};
  milliseconds result_ttl{std::chrono::hours{24}};
  milliseconds dead_retention{std::chrono::hours{24 * 30}};
  std::uint64_t max_depth{100'000}; // submissions beyond it are refused

  friend bool operator==(const QueueConfig&, const QueueConfig&) = default;
};

/// `worker:`, this process.
struct WorkerConfig {
  std::string name{};      // empty: host name and process number
  unsigned concurrency{0}; // jobs at a time; 0: by cores and memory
  unsigned extra_lanes{2}; // jobs taken beyond those that run, so that none waits for the network
  std::uint64_t memory_bytes{
      0}; // all running jobs together may come to hold; 0: three quarters of what there is
  milliseconds drain{30'000};           // after SIGTERM, before what still runs is handed back
  std::string listen{"127.0.0.1:9464"}; // /metrics, /healthz, /readyz; empty: none
  std::string log_level{"info"};

  friend bool operator==(const WorkerConfig&, const WorkerConfig&) = default;
};

/// `sandbox:`, the library.
struct SandboxConfig {
  std::string backend{"native"};
  std::filesystem::path recipes{};      // empty: the installed ones
  std::vector<std::string> languages{}; // served; empty: every one whose toolchain is here
  std::vector<std::string> warm{};      // boxes of these are opened when the worker starts
  unsigned warm_boxes{2};
  bool interpreters_ahead{true};
  std::filesystem::path compile_cache{}; // empty: none
  std::string cgroup_parent{"/libsandbox"};
  std::vector<std::string> accept_missing{};
  std::string docker_host{};
  std::string docker_runtime{};
  milliseconds collect_garbage{std::chrono::minutes{10}}; // what killed workers left behind

  friend bool operator==(const SandboxConfig&, const SandboxConfig&) = default;
};

/// `limits:`, the most that a job may ask for.
struct MaximaConfig {
  sandbox::Limits run{.cpu_time = std::chrono::seconds{10},
                      .wall_time = std::chrono::seconds{30},
                      .memory_bytes = 512 * sandbox::MiB,
                      .processes = 128,
                      .output_bytes = 16 * sandbox::MiB,
                      .file_size_bytes = 64 * sandbox::MiB,
                      .disk_bytes = 256 * sandbox::MiB,
                      .disk_inodes = 16'384,
                      .open_files = 1024};
  std::uint64_t tests{100};
  milliseconds job_time{std::chrono::hours{1}}; // the wall times of all tests of a job together
  std::uint64_t files{64};
  std::uint64_t kept_output_bytes{64 * sandbox::KiB}; // of each stream, in the result

  friend bool operator==(const MaximaConfig&, const MaximaConfig&) = default;
};

struct Config {
  QueueConfig queue{};
  WorkerConfig worker{};
  SandboxConfig sandbox{};
  MaximaConfig maxima{};
  RedisConfig redis{};
  RabbitMqConfig rabbitmq{};
  SqsConfig sqs{};
};

/// Reads `file` ("" for none), then SANDBOX_WORKER_<SECTION>_<KEY> of `environment` (NAME=value,
/// null at the end). Throws sandbox::ConfigError with the place of the first mistake: an unknown
/// key or variable, a wrong type, a value out of range.
Config load_config(const std::filesystem::path& file, const char* const* environment);

/// Every section and key, "queue.lease", as documented.
std::vector<std::string> config_keys();

} // namespace worker
