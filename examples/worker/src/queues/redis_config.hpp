// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace worker {

/// `redis:`, for the kinds redis_streams and redis_list.
struct RedisConfig {
  std::string url{
      "redis://127.0.0.1:6379/0"}; // redis://[user:password@]host[:port][/db], unix:///path[?db=N]
  /// Stands before every key. In a cluster it holds the hash tag: "{jobs}:".
  std::string key_prefix{};
  std::string group{"workers"};  // streams: the consumer group
  std::string list{"code_jobs"}; // list: where producers push
  std::string list_end{"left"};  // list: jobs are taken there, so producers push at the other
  std::chrono::milliseconds timeout{5'000}; // for one command

  friend bool operator==(const RedisConfig&, const RedisConfig&) = default;
};

} // namespace worker
