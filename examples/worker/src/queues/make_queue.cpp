// SPDX-License-Identifier: Apache-2.0
#include "queues/make_queue.hpp"

#include "queues/rabbitmq.hpp"
#include "queues/rabbitmq_producer.hpp"
#include "queues/redis_list.hpp"
#include "queues/redis_producer.hpp"
#include "queues/redis_streams.hpp"
#include "queues/sqs.hpp"
#include "queues/sqs_producer.hpp"

#include <stdexcept>

namespace worker {

std::unique_ptr<Queue> make_queue(const Config& config, const std::string& consumer) {
  if (config.queue.kind == "redis_streams") {
    return std::make_unique<RedisStreams>(config, consumer);
  }
  if (config.queue.kind == "redis_list") {
    return std::make_unique<RedisList>(config, consumer);
  }
  if (config.queue.kind == "rabbitmq") {
    return std::make_unique<RabbitMq>(config, consumer);
  }
  if (config.queue.kind == "sqs") {
    return std::make_unique<Sqs>(config, consumer);
  }
  throw std::invalid_argument("queue.kind: " + config.queue.kind + " is not known");
}

std::unique_ptr<Producer> make_producer(const Config& config) {
  if (config.queue.kind == "redis_streams" || config.queue.kind == "redis_list") {
    return std::make_unique<RedisProducer>(config);
  }
  if (config.queue.kind == "rabbitmq") {
    return std::make_unique<RabbitMqProducer>(config);
  }
  if (config.queue.kind == "sqs") {
    return std::make_unique<SqsProducer>(config);
  }
  throw std::invalid_argument("queue.kind: " + config.queue.kind + " is not known");
}

} // namespace worker
