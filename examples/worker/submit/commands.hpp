// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config.hpp"
#include "queue.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace submit {

enum ExitStatus : int { fine = 0, no_result = 1, misuse = 2, full = 3, taken = 4, no_queue = 5 };

struct Options {
  std::string config_file{};
  std::string file{};
  bool is_json{false};
  std::string language{};
  std::string input{};
  std::vector<std::string> args{};
  std::vector<std::string> limits{};
  std::string id{};
  std::string queue{};
  std::string priority{"normal"};
  bool wait{false};
  unsigned timeout_s{60};
  std::uint64_t count{100};
  std::vector<std::string> handles{};
  bool all{false};
};

/// Each returns an exit status, and throws worker::QueueError, std::exception for misuse.
int submit(const worker::Config& config, const Options& options);
int wait(const worker::Config& config, const Options& options);
int status(const worker::Config& config, const Options& options);
int dead(const worker::Config& config, const Options& options, const std::string& verb);

} // namespace submit
