// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using worker::load_config;

class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text)
      : path_("/tmp/worker-config-test-" + std::to_string(::getpid())) {
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { std::filesystem::remove(path_); }
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;

  worker::Config load() const { return load_config(path_, nullptr); }
  std::string mistake() const {
    try {
      load();
      return "none";
    } catch (const sandbox::ConfigError& error) {
      return std::string(error.what()).substr(path_.size() + 1);
    }
  }

 private:
  std::string path_;
};

std::string example() {
  std::ifstream stream(WORKER_SOURCE_FOLDER "/config.example.yaml");
  return {std::istreambuf_iterator<char>(stream), {}};
}

} // namespace

TEST_CASE("the example shows every key with its default") {
  const std::string text = example();
  for (const std::string& key : worker::config_keys()) {
    CAPTURE(key);
    CHECK_THAT(text, Contains("\n  " + key.substr(key.find('.') + 1) + ": "));
  }
  const worker::Config shown = load_config(WORKER_SOURCE_FOLDER "/config.example.yaml", nullptr);
  const worker::Config defaults = load_config("", nullptr);
  CHECK(shown.queue == defaults.queue);
  CHECK(shown.worker == defaults.worker);
  CHECK(shown.sandbox == defaults.sandbox);
  CHECK(shown.maxima == defaults.maxima);
  CHECK(shown.redis == defaults.redis);
  CHECK(shown.rabbitmq == defaults.rabbitmq);
  CHECK(shown.sqs == defaults.sqs);
}

TEST_CASE("a mistake in the file has its place") {
  CHECK(ConfigFile("queue:\n  leese: 3s\n").mistake() == "2:3: unknown key \"leese\" in queue");
  CHECK_THAT(ConfigFile("que:\n  lease: 3s\n").mistake(), Contains("1:1: unknown section \"que\""));
  CHECK_THAT(ConfigFile("queue:\n  lease: 3\n").mistake(), Contains("2:10:"));
  CHECK_THAT(ConfigFile("queue:\n  lease: 10ms\n").mistake(),
             Contains("2:10: must be from 300 ms"));
  CHECK_THAT(ConfigFile("queue:\n  names: jobs\n").mistake(), Contains("must be a list"));
  CHECK_THAT(ConfigFile("queue:\n  lease: 3s\n  lease: 4s\n").mistake(), Contains("given twice"));
  CHECK_THAT(ConfigFile("queue:\n  kind: kafka\n").mistake(), Contains("is not one of"));
  CHECK_THAT(ConfigFile("queue: [\n").mistake(), Contains("2:1:"));
  CHECK_THAT(ConfigFile("queue: {}\n---\nqueue: {lease: 3s}\n").mistake(),
             Contains("second document"));
  CHECK_THAT(ConfigFile("queue:\n  lease: 2s\n  retry_delays: [4s]\n").mistake(),
             Contains("queue.retry_delays"));
  CHECK_THAT(ConfigFile("limits:\n  memory: 1B\n").mistake(), Contains("memory"));
  CHECK_THAT(ConfigFile("queue:\n  names: [jobs, jobs]\n").mistake(), Contains("there twice"));
  CHECK_THAT(ConfigFile("queue:\n  names: [\"jobs:dead\"]\n").mistake(), Contains("not for jobs"));
  CHECK_THAT(ConfigFile("redis:\n  url: http://host\n").mistake(), Contains("redis.url"));
}

TEST_CASE("a file that cannot be read is named, and a folder is none") {
  for (const char* const path : {"/nonexistent", "/tmp"}) {
    CHECK_THROWS_WITH(load_config(path, nullptr), Contains(path) && Contains("cannot be read"));
  }
}

TEST_CASE("an environment variable wins over the file") {
  const char* const environment[] = {"PATH=/bin", "SANDBOX_WORKER_QUEUE_LEASE=40s",
                                     "SANDBOX_WORKER_QUEUE_NAMES=a,b", nullptr};
  const worker::Config config =
      load_config(WORKER_SOURCE_FOLDER "/config.example.yaml", environment);
  CHECK(config.queue.lease == std::chrono::seconds{40});
  CHECK(config.queue.names == std::vector<std::string>{"a", "b"});
}

TEST_CASE("an unknown environment variable is an error that names it") {
  const char* const environment[] = {"SANDBOX_WORKER_QUEUE_LEESE=40s", nullptr};
  CHECK_THROWS_WITH(load_config("", environment), Contains("SANDBOX_WORKER_QUEUE_LEESE"));
}
