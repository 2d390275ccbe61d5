// SPDX-License-Identifier: Apache-2.0
#include "worker.hpp"

#include "capacity.hpp"
#include "queues/make_queue.hpp"

#include <fmt/format.h>

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <ctime>
#include <random>

namespace worker {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds longest_silence{60};

std::string worker_name(const WorkerConfig& config) {
  if (!config.name.empty()) {
    return config.name;
  }
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{}:{}", host.data(), ::getpid());
}

/// Waits for a signal that ends the worker; 0 when none came.
int await_signal(std::chrono::milliseconds patience) {
  sigset_t set{};
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  const timespec timeout{patience.count() / 1000, patience.count() % 1000 * 1'000'000};
  const int signal = ::sigtimedwait(&set, nullptr, &timeout);
  return signal > 0 ? signal : 0;
}

void name_thread(const std::string& name) {
  ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
}

} // namespace

Worker::Worker(const Config& config)
    : config_(config), name_(worker_name(config.worker)),
      consumer_(fmt::format("{}:{:08x}", name_, std::random_device()())),
      log_(name_, config.worker.log_level), slots_(concurrency(config, measure_capacity())),
      lane_count_(slots_ + config.worker.extra_lanes), runner_(config, slots_, lane_count_),
      host_(runner_.backend(), log_),
      monitor_(config_, runner_, metrics_, log_, make_queue(config, consumer_ + ":monitor")) {
  for (unsigned i = 0; i < lane_count_; ++i) {
    const LaneContext context{
        config_, name_, runner_, host_, metrics_, log_, draining_.get_token(), ending_.get_token()};
    lanes_.emplace_back(context, make_queue(config_, fmt::format("{}:{}", consumer_, i)));
  }
  metrics_.lanes.Set(lane_count_);
  if (!config.worker.listen.empty()) {
    http_ = std::make_unique<HttpServer>(config.worker.listen, pages());
  }
}

Worker::~Worker() {
  http_.reset(); // its pages look at the rest
  for (std::stop_source* const each : {&draining_, &ending_, &over_}) {
    each->request_stop();
  }
  threads_.clear();
}

void Worker::start() {
  log_.info("started", {{"concurrency", slots_},
                        {"lanes", lane_count_},
                        {"queue", config_.queue.kind},
                        {"languages", runner_.languages().served()}});
  runner_.prepare();
  lanes_alive_ = lane_count_;
  unsigned number = 0;
  for (Lane& lane : lanes_) {
    threads_.emplace_back([this, &lane, name = fmt::format("lane-{}", number++)] {
      name_thread(name);
      lane.run();
      --lanes_alive_;
    });
  }
  threads_.emplace_back([this] {
    name_thread("monitor");
    monitor_.run(over_.get_token());
  });
}

/// False when another signal came, or it is too late, before every lane was done.
bool Worker::wait_for_lanes(steady_clock::time_point deadline) {
  constexpr std::chrono::milliseconds step{20};
  while (lanes_alive_ > 0) {
    if (steady_clock::now() >= deadline || await_signal(step) != 0) {
      return false;
    }
  }
  return true;
}

void Worker::serve() {
  start();
  constexpr std::chrono::hours long_time{1};
  int signal = 0;
  while (signal == 0) {
    signal = await_signal(long_time);
  }
  log_.info("draining", {{"signal", signal}, {"up_to_ms", config_.worker.drain.count()}});
  metrics_.draining.Set(1);
  draining_.request_stop();
  const bool drained = wait_for_lanes(steady_clock::now() + config_.worker.drain);
  ending_.request_stop();
  over_.request_stop();
  threads_.clear();
  log_.info("ended", {{"drained", drained}});
}

Pages Worker::pages() {
  return {{"/metrics",
           [this] {
             metrics_.host_well.Set(host_.was_well() ? 1 : 0);
             return Page{200, metrics_.text()};
           }},
          {"/healthz", [this] { return health(); }},
          {"/readyz", [this] { return readiness(); }}};
}

/// Whether a restart would help: a lane has not gone round for too long.
Page Worker::health() const {
  const auto oldest = steady_clock::now() -
                      std::max<steady_clock::duration>(longest_silence, 2 * config_.queue.lease);
  for (const Lane& lane : lanes_) {
    if (lanes_alive_ > 0 && !draining_.stop_requested() && lane.last_sign() < oldest) {
      return {503, "a lane does not answer\n"};
    }
  }
  return {200, "ok\n"};
}

Page Worker::readiness() const {
  if (draining_.stop_requested()) {
    return {503, "draining\n"};
  }
  if (!host_.was_well()) {
    return {503, "boxes cannot be had\n"};
  }
  return monitor_.queue_answers() ? Page{200, "ready\n"} : Page{503, "the queue does not answer\n"};
}

} // namespace worker
