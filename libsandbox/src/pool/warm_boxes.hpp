// SPDX-License-Identifier: Apache-2.0
//
// A backend that hands out boxes opened ahead by another backend.
#pragma once

#include "pool/stock.hpp"
#include "pool/threads.hpp"

#include <sandbox/pool.hpp>

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <vector>

namespace sandbox::pool {

class WarmBoxes final : public Backend {
 public:
  /// Opens boxes ahead in `keepers` threads. Does not own the backend.
  /// `programs_ahead`: starts Environment::ahead in them.
  WarmBoxes(Backend& backend, const Stock::Bounds& bounds, unsigned keepers, bool programs_ahead);

  std::string_view name() const noexcept override { return backend_.name(); }
  std::unique_ptr<Session> open(const Environment& environment) override;
  Probe probe() override { return backend_.probe(); }
  std::vector<Leftover> collect_garbage(bool dry_run) override {
    return backend_.collect_garbage(dry_run);
  }

  /// Has boxes for this environment opened, in the background.
  void prepare(const Environment& environment);
  /// Opens nothing ahead from now on. Does not wait.
  void stop() noexcept { keepers_.request_stop(); }
  /// Fills in what is known of boxes.
  void add_to(PoolStatistics& statistics) const;

 private:
  /// What boxes are kept apart by.
  Environment shelf_of(const Environment& environment) const;
  std::unique_ptr<Session> take(const Environment& shelf);
  void want(const Environment& shelf);
  void keep(const std::stop_token& stop) noexcept;
  void work(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
  void open_ahead(std::unique_lock<std::mutex>& lock, const Environment& environment,
                  bool start_program);
  void changed() noexcept;

  Backend& backend_;
  const bool keeps_any_;
  const bool programs_ahead_;
  mutable std::mutex mutex_; // never held while a box is opened or closed
  std::condition_variable_any wake_;
  std::uint64_t changes_{0};
  Stock stock_;
  PoolStatistics counts_; // what the stock does not count
  std::exception_ptr last_failure_;
  Threads keepers_; // the last member: they use the others
};

} // namespace sandbox::pool
