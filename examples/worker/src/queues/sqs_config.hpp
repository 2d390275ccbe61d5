// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/limits.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace worker {

/// A message has 1 MiB, of which its attributes take some, and escapes of rare characters.
constexpr std::uint64_t sqs_max_result_bytes = 1000 * sandbox::KiB;

/// `sqs:`, for the kind sqs. Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
/// AWS_SESSION_TOKEN alone: a configuration is read by more people.
struct SqsConfig {
  std::string region{};                // empty: AWS_REGION, else AWS_DEFAULT_REGION
  std::string endpoint{};              // empty: https://sqs.REGION.amazonaws.com
  std::string queue_prefix{};          // stands before every queue; of names ":" becomes "-"
  std::string results{"results.fifo"}; // one that ends so drops a second result within five minutes
  bool create_queues{false};           // those that are missing
  std::chrono::milliseconds timeout{10'000}; // for one exchange with the server

  friend bool operator==(const SqsConfig&, const SqsConfig&) = default;
};

} // namespace worker
