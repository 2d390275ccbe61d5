// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace worker {

struct RedisUrl {
  std::string host{};
  int port{6379};
  std::string socket{}; // in place of host and port
  std::string user{};
  std::string password{};
  int database{0};
};

/// redis://[user:password@]host[:port][/database] or unix:///path[?db=N], %XX decoded. Throws
/// std::invalid_argument; its text does not hold the password.
RedisUrl parse_redis_url(const std::string& text);

} // namespace worker
