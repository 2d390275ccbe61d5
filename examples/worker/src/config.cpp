// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include "config_source.hpp"
#include "config_value.hpp"
#include "queues/amqp_url.hpp"
#include "queues/redis_url.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <set>
#include <stdexcept>

namespace worker {
namespace {

using std::chrono::hours;
using Value = const ConfigValue&;

constexpr milliseconds day = hours{24};
constexpr std::uint64_t any = sandbox::unlimited - 1;

void add_queue(std::vector<Setting>& settings, QueueConfig& queue) {
  const auto add = [&](const char* key, auto set, bool is_list = false) {
    settings.push_back({"queue", key, is_list, set});
  };
  add("kind", [&queue](Value v) {
    queue.kind = v.one_of({"redis_streams", "redis_list", "rabbitmq", "sqs"});
  });
  add(
      "names",
      [&queue](Value v) {
        queue.names = v.list();
        if (queue.names.empty()) {
          v.fail("must not be empty");
        }
      },
      true);
  add("lease", [&queue](Value v) { queue.lease = v.duration(milliseconds{300}, day); });
  add("max_deliveries", [&queue](Value v) { queue.max_deliveries = v.small_count(1, 1000); });
  add(
      "retry_delays", [&queue](Value v) { queue.retry_delays = v.durations(); }, true);
  add("max_payload",
      [&queue](Value v) { queue.max_payload_bytes = v.size(1, 256 * sandbox::MiB); });
  add("max_result", [&queue](Value v) {
    queue.max_result_bytes = v.size(16 * sandbox::KiB, 256 * sandbox::MiB);
  });
  add("result_ttl",
      [&queue](Value v) { queue.result_ttl = v.duration(milliseconds{1000}, 365 * day); });
  add("dead_retention",
      [&queue](Value v) { queue.dead_retention = v.duration(milliseconds{1000}, 3650 * day); });
  add("max_depth", [&queue](Value v) { queue.max_depth = v.count(1, any); });
}

void add_worker(std::vector<Setting>& settings, WorkerConfig& worker) {
  const auto add = [&](const char* key, auto set) {
    settings.push_back({"worker", key, false, set});
  };
  add("name", [&worker](Value v) { worker.name = v.text(); });
  add("concurrency",
      [&worker](Value v) { worker.concurrency = v.text() == "auto" ? 0 : v.small_count(1, 1024); });
  add("extra_lanes", [&worker](Value v) { worker.extra_lanes = v.small_count(0, 1024); });
  add("memory", [&worker](Value v) {
    worker.memory_bytes = v.text() == "auto" ? 0 : v.size(sandbox::MiB, any);
  });
  add("drain", [&worker](Value v) { worker.drain = v.duration(milliseconds{0}, day); });
  add("listen", [&worker](Value v) { worker.listen = v.text(); });
  add("log_level", [&worker](Value v) {
    worker.log_level = v.one_of({"debug", "info", "warning", "error"});
  });
}

void add_sandbox(std::vector<Setting>& settings, SandboxConfig& sandbox) {
  const auto add = [&](const char* key, auto set, bool is_list = false) {
    settings.push_back({"sandbox", key, is_list, set});
  };
  add("backend", [&sandbox](Value v) { sandbox.backend = v.one_of({"native", "docker"}); });
  add("recipes", [&sandbox](Value v) { sandbox.recipes = v.text(); });
  add(
      "languages", [&sandbox](Value v) { sandbox.languages = v.list(); }, true);
  add(
      "warm", [&sandbox](Value v) { sandbox.warm = v.list(); }, true);
  add("warm_boxes", [&sandbox](Value v) { sandbox.warm_boxes = v.small_count(0, 1024); });
  add("interpreters_ahead", [&sandbox](Value v) { sandbox.interpreters_ahead = v.boolean(); });
  add("compile_cache", [&sandbox](Value v) {
    sandbox.compile_cache = v.text();
    if (!sandbox.compile_cache.empty() && !sandbox.compile_cache.is_absolute()) {
      v.fail("must be an absolute path");
    }
  });
  add("cgroup_parent", [&sandbox](Value v) { sandbox.cgroup_parent = v.text(); });
  add(
      "accept_missing", [&sandbox](Value v) { sandbox.accept_missing = v.list(); }, true);
  add("docker_host", [&sandbox](Value v) { sandbox.docker_host = v.text(); });
  add("docker_runtime", [&sandbox](Value v) { sandbox.docker_runtime = v.text(); });
  add("collect_garbage",
      [&sandbox](Value v) { sandbox.collect_garbage = v.duration(milliseconds{1000}, 365 * day); });
}

void add_maxima(std::vector<Setting>& settings, MaximaConfig& maxima) {
  const auto add = [&](std::string key, auto set) {
    settings.push_back({"limits", std::move(key), false, set});
  };
  for (const std::string_view name : sandbox::limit_names()) {
    add(std::string(name), [&maxima, name](Value v) { v.limit(maxima.run, name); });
  }
  add("tests", [&maxima](Value v) { maxima.tests = v.count(1, any); });
  add("job_time", [&maxima](Value v) { maxima.job_time = v.duration(milliseconds{1000}, day); });
  add("files", [&maxima](Value v) { maxima.files = v.count(1, any); });
  add("kept_output",
      [&maxima](Value v) { maxima.kept_output_bytes = v.size(0, 64 * sandbox::MiB); });
}

void add_redis(std::vector<Setting>& settings, RedisConfig& redis) {
  const auto add = [&](const char* key, auto set) {
    settings.push_back({"redis", key, false, set});
  };
  add("url", [&redis](Value v) { redis.url = v.text(); });
  add("key_prefix", [&redis](Value v) { redis.key_prefix = v.text(); });
  add("group", [&redis](Value v) { redis.group = v.text(); });
  add("list", [&redis](Value v) { redis.list = v.text(); });
  add("list_end", [&redis](Value v) { redis.list_end = v.one_of({"left", "right"}); });
  add("timeout", [&redis](Value v) { redis.timeout = v.duration(milliseconds{10}, hours{1}); });
}

void add_rabbitmq(std::vector<Setting>& settings, RabbitMqConfig& rabbitmq) {
  const auto add = [&](const char* key, auto set) {
    settings.push_back({"rabbitmq", key, false, set});
  };
  add("url", [&rabbitmq](Value v) { rabbitmq.url = v.text(); });
  add("queue_prefix", [&rabbitmq](Value v) { rabbitmq.queue_prefix = v.text(); });
  add("queue_type", [&rabbitmq](Value v) {
    rabbitmq.queue_type = v.one_of({"quorum", "classic"});
  });
  add("results", [&rabbitmq](Value v) { rabbitmq.results = v.one_of({"by_job", "one_queue"}); });
  add("ca_file", [&rabbitmq](Value v) { rabbitmq.ca_file = v.text(); });
  add("timeout",
      [&rabbitmq](Value v) { rabbitmq.timeout = v.duration(milliseconds{100}, hours{1}); });
}

void add_sqs(std::vector<Setting>& settings, SqsConfig& sqs) {
  const auto add = [&](const char* key, auto set) { settings.push_back({"sqs", key, false, set}); };
  add("region", [&sqs](Value v) { sqs.region = v.text(); });
  add("endpoint", [&sqs](Value v) { sqs.endpoint = v.text(); });
  add("queue_prefix", [&sqs](Value v) { sqs.queue_prefix = v.text(); });
  add("results", [&sqs](Value v) { sqs.results = v.text(); });
  add("create_queues", [&sqs](Value v) { sqs.create_queues = v.boolean(); });
  add("timeout", [&sqs](Value v) { sqs.timeout = v.duration(milliseconds{100}, hours{1}); });
}

std::vector<Setting> settings_of(Config& config) {
  std::vector<Setting> settings;
  add_queue(settings, config.queue);
  add_worker(settings, config.worker);
  add_sandbox(settings, config.sandbox);
  add_maxima(settings, config.maxima);
  add_redis(settings, config.redis);
  add_rabbitmq(settings, config.rabbitmq);
  add_sqs(settings, config.sqs);
  return settings;
}

/// Names that would have two queues in one, or a queue where something else is kept.
template <class Fail>
void check_names(const Config& config, Fail fail) {
  std::set<std::string> seen;
  for (const std::string& name : config.queue.names) {
    if (name.empty() || !seen.insert(name).second) {
      fail(fmt::format("queue.names: \"{}\" is empty, or there twice", name));
    }
    if (name == "jobs:dead" || name == "jobs:queues" || name == "jobs:config") {
      fail(fmt::format("queue.names: \"{}\" is not for jobs", name));
    }
  }
  if (config.redis.list.empty() || config.redis.group.empty()) {
    fail("redis.list and redis.group must not be empty");
  }
}

void check(const Config& config, const std::string& file) {
  const auto fail = [&file](const std::string& message) {
    throw sandbox::ConfigError(file, 0, 0, message);
  };
  try {
    validate(config.maxima.run);
  } catch (const sandbox::Error& error) {
    fail(fmt::format("limits: {}", error.what()));
  }
  const QueueConfig& queue = config.queue;
  check_names(config, fail);
  try {
    if (queue.kind == "redis_streams" || queue.kind == "redis_list") {
      parse_redis_url(config.redis.url);
    } else if (queue.kind == "rabbitmq") {
      parse_amqp_url(config.rabbitmq.url);
    }
  } catch (const std::invalid_argument& error) {
    fail(error.what());
  }
  if (queue.kind == "sqs" && queue.max_result_bytes > sqs_max_result_bytes) {
    fail(
        fmt::format("queue.max_result: SQS carries no message of more than 1 MiB: at most {} bytes "
                    "of it are for the result",
                    sqs_max_result_bytes));
  }
  // A delay is a lease that ends early.
  for (const milliseconds delay : queue.retry_delays) {
    if (delay * 5 / 4 > queue.lease) {
      fail(fmt::format(
          "queue.retry_delays: {} ms and a quarter of jitter are more than queue.lease, {} ms",
          delay.count(), queue.lease.count()));
    }
  }
}

} // namespace

Config load_config(const std::filesystem::path& file, const char* const* environment) {
  Config config;
  const std::vector<Setting> settings = settings_of(config);
  if (!file.empty()) {
    apply_file(file, settings);
  }
  apply_environment(environment, settings);
  check(config, file.empty() ? "environment" : file.string());
  return config;
}

std::vector<std::string> config_keys() {
  Config config;
  std::vector<std::string> keys;
  for (const Setting& each : settings_of(config)) {
    keys.push_back(each.section + "." + each.key);
  }
  return keys;
}

} // namespace worker
