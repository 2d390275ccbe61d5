// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace worker {

struct AmqpUrl {
  std::string host{};
  int port{0};
  std::string user{};
  std::string password{};
  std::string vhost{};
  bool encrypted{false};
};

/// Throws std::invalid_argument; the message does not have the password.
AmqpUrl parse_amqp_url(const std::string& url);

} // namespace worker
