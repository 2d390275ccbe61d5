// SPDX-License-Identifier: Apache-2.0
//
// Boxes without anything in them, for what a pool does with boxes.
#pragma once

#include <sandbox/backend.hpp>
#include <sandbox/error.hpp>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace fake {

/// What is recorded, and what boxes wait for. Outlives the boxes.
class Host {
 public:
  /// Lets programs go on that run "hold".
  void let_go() {
    const std::lock_guard lock(mutex);
    gate_open = true;
    changed.notify_all();
  }

  /// Waits until this is true of the members below; they may be looked at afterwards with get().
  void wait(const std::function<bool(const Host&)>& wanted) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return wanted(*this); });
  }

  template <typename T>
  T get(T Host::*member) const {
    const std::lock_guard lock(mutex);
    return this->*member;
  }

  template <typename T>
  void set(T Host::*member, T value) {
    const std::lock_guard lock(mutex);
    this->*member = std::move(value);
    changed.notify_all();
  }

  mutable std::mutex mutex;
  std::condition_variable_any changed;
  bool gate_open{false};
  bool refuses_ahead{false};     // of programs
  int started_ahead{0};          // programs, or tried
  bool boxes_die{false};         // every box that is there when it is looked at
  std::function<void()> opening; // called by open(), without the lock
  int opens{0};
  int live{0};
  int most_live{0};
  int running{0};
  int most_running{0};
  std::vector<std::string> ran; // the first argument of each
};

class Box final : public sandbox::Session {
 public:
  explicit Box(Host& host) : host_(host) {
    const std::lock_guard lock(host_.mutex);
    host_.most_live = std::max(host_.most_live, ++host_.live);
    host_.changed.notify_all();
  }
  ~Box() override {
    const std::lock_guard lock(host_.mutex);
    --host_.live;
    host_.changed.notify_all();
  }
  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;

  void start_ahead(const sandbox::Command& command, std::string_view source) override {
    const std::lock_guard lock(host_.mutex);
    ++host_.started_ahead;
    host_.changed.notify_all();
    if (host_.refuses_ahead) {
      throw sandbox::Error(sandbox::ErrorCode::setup_failed, "start ahead", command.argv.at(1));
    }
    ahead_ = source;
  }

  void put_file(std::string_view, std::string_view, bool) override {}

  /// {"say", x} prints x; {"hold", x} waits until it is let go or stopped.
  sandbox::Result run(const sandbox::Command& command, sandbox::OutputSink& sink,
                      std::stop_token stop) override {
    sandbox::Result result;
    result.interpreter_ahead = !ahead_.empty();
    std::unique_lock lock(host_.mutex);
    host_.ran.push_back(command.argv.at(1));
    host_.most_running = std::max(host_.most_running, ++host_.running);
    host_.changed.notify_all();
    if (command.argv.at(0) == "hold" &&
        !host_.changed.wait(lock, stop, [this] { return host_.gate_open; })) {
      result.verdict = sandbox::Verdict::cancelled;
    }
    --host_.running;
    lock.unlock();
    sink.write(sandbox::Stream::standard_output, command.argv.at(1));
    return result;
  }

  std::string get_file(std::string_view, std::uint64_t) override { return {}; }
  std::vector<sandbox::BoxEntry> list_files(std::uint64_t) override { return {}; }
  void reset() override {}
  bool alive() noexcept override { return !host_.get(&Host::boxes_die); }

 private:
  Host& host_;
  std::string ahead_;
};

class Backend final : public sandbox::Backend {
 public:
  explicit Backend(Host& host) : host_(host) {}

  std::string_view name() const noexcept override { return "fake"; }
  std::unique_ptr<sandbox::Session> open(const sandbox::Environment&) override {
    std::function<void()> opening;
    {
      const std::lock_guard lock(host_.mutex);
      ++host_.opens;
      opening = host_.opening;
      host_.changed.notify_all();
    }
    if (opening) {
      opening();
    }
    return std::make_unique<Box>(host_);
  }
  sandbox::Probe probe() override { return {}; }
  std::vector<sandbox::Leftover> collect_garbage(bool) override { return {}; }

 private:
  Host& host_;
};

} // namespace fake
