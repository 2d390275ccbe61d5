// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "job.hpp"
#include "job_builder.hpp"
#include "queues/make_queue.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace submit {
namespace {

using Json = nlohmann::ordered_json;

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string queue_of(const Options& options) {
  if (!options.queue.empty()) {
    return options.queue;
  }
  return options.priority == "normal" ? "jobs" : "jobs:" + options.priority;
}

int await(worker::Producer& producer, const std::string& id, unsigned timeout_s) {
  if (const auto result = producer.wait(id, std::chrono::seconds{timeout_s})) {
    print(*result);
    return fine;
  }
  const worker::JobStatus status = producer.status(id);
  std::fprintf(stderr, "sandbox-submit: %s: no result: %s %s\n", id.c_str(),
               status.status.empty() ? "unknown" : status.status.c_str(), status.reason.c_str());
  return no_result;
}

/// A list of lines; of a letter that somebody else made whatever it is.
Json log_of(const worker::DeadLetter& letter) {
  try {
    return worker::parse_payload(letter.log);
  } catch (const worker::JobError&) {
    return letter.log;
  }
}

Json json_of(const worker::DeadLetter& letter) {
  return {{"handle", letter.handle},
          {"id", letter.job_id},
          {"queue", letter.queue},
          {"reason", letter.reason},
          {"worker", letter.worker},
          {"attempt", letter.attempt},
          {"payload_bytes", letter.payload_bytes},
          {"log", log_of(letter)},
          {"payload", letter.payload}};
}

} // namespace

int submit(const worker::Config& config, const Options& options) {
  const std::string payload = build_job(options);
  const std::string id = worker::parse_job(payload).id;
  if (payload.size() > config.queue.max_payload_bytes) {
    throw std::runtime_error("a payload of " + std::to_string(payload.size()) + " bytes; " +
                             std::to_string(config.queue.max_payload_bytes) + " are accepted");
  }
  const auto producer = make_producer(config);
  switch (producer->submit(queue_of(options), id, payload)) {
  case worker::Submitted::full:
    std::fprintf(stderr, "sandbox-submit: the queue is full; try again later\n");
    return full;
  case worker::Submitted::duplicate:
    std::fprintf(stderr, "sandbox-submit: a job with the id %s was there already\n", id.c_str());
    return options.wait ? await(*producer, id, options.timeout_s) : static_cast<int>(taken);
  case worker::Submitted::accepted:
    break;
  }
  if (options.wait) {
    return await(*producer, id, options.timeout_s);
  }
  print(id);
  return fine;
}

int wait(const worker::Config& config, const Options& options) {
  return await(*make_producer(config), options.id, options.timeout_s);
}

int status(const worker::Config& config, const Options& options) {
  const worker::JobStatus status = make_producer(config)->status(options.id);
  if (status.status.empty()) {
    print("unknown");
    return no_result;
  }
  print(text_of({{"status", status.status},
                 {"attempt", status.attempt},
                 {"worker", status.worker},
                 {"reason", status.reason}}));
  return fine;
}

int dead(const worker::Config& config, const Options& options, const std::string& verb) {
  const auto producer = make_producer(config);
  if (verb == "list") {
    for (const worker::DeadLetter& each : producer->dead_letters(options.count)) {
      print(text_of(json_of(each)));
    }
    return fine;
  }
  int status = fine;
  const auto act = [&](const std::string& handle) {
    const auto refusal = verb == "replay" ? producer->replay(handle)
                         : producer->discard(handle)
                             ? std::nullopt
                             : std::optional<std::string>("there is no such dead letter");
    if (refusal) {
      std::fprintf(stderr, "sandbox-submit: %s: %s\n", handle.c_str(), refusal->c_str());
      status = no_result;
    }
  };
  if (options.all) {
    producer->visit_dead_letters(act);
  } else {
    std::for_each(options.handles.begin(), options.handles.end(), act);
  }
  return status;
}

} // namespace submit
