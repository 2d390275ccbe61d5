// SPDX-License-Identifier: Apache-2.0
#include "queues/amqp_url.hpp"

#include <amqp.h>

#include <stdexcept>

namespace worker {

AmqpUrl parse_amqp_url(const std::string& url) {
  std::string buffer = url; // the library writes ends of strings into it
  amqp_connection_info info{};
  amqp_default_connection_info(&info);
  if (amqp_parse_url(buffer.data(), &info) != AMQP_STATUS_OK) {
    throw std::invalid_argument(
        "rabbitmq.url: must be amqp[s]://[user:password@]host[:port][/vhost]");
  }
  return {info.host, info.port, info.user, info.password, info.vhost, info.ssl != 0};
}

} // namespace worker
