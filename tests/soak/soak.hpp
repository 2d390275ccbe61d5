// SPDX-License-Identifier: Apache-2.0
//
// One soak from its begin to its verdict.
#pragma once

#include "soak/holdings.hpp"
#include "soak/host.hpp"
#include "soak/tally.hpp"
#include "soak/workload.hpp"

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace soak {

struct Options {
  std::string backend{"native"};
  double minutes{0};
  unsigned overload{4};
  std::string json{};
  std::string programs{}; // the folder
  std::uint64_t seed{0};
};

/// Lets threads through until it is closed.
class Gate {
 public:
  explicit Gate(unsigned threads) : threads_(threads) {}
  /// Waits while it is closed.
  void pass();
  /// Returns when every thread waits.
  void close();
  void open();

 private:
  const unsigned threads_;
  unsigned waiting_{0};
  bool closed_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
};

class Soak {
 public:
  explicit Soak(const Options& options);

  /// True when nothing was wrong. Prints what it sees.
  bool run();

 private:
  void work(std::stop_token stop, std::uint64_t seed);
  void watch(std::stop_token stop);
  void sample(const char* when);
  /// Nothing runs and nothing is warm: what is held now can be compared.
  Holdings rest(const char* when);
  void fill_idle_slots();
  bool drifted(const Holdings& early, const Holdings& late) const;
  std::vector<std::string> leftovers(const Holdings& before);
  bool conclude(const Holdings& early, const Holdings& late,
                const std::vector<std::string>& leftovers);

  const Options options_;
  const unsigned threads_;
  const Host host_;
  const Programs programs_;
  Tally tally_;
  std::unique_ptr<sandbox::Backend> backend_;
  std::unique_ptr<sandbox::Pool> pool_;
  std::unique_ptr<Workload> workload_;
  Gate gate_;
  std::mutex samples_mutex_;
  nlohmann::ordered_json samples_;
};

} // namespace soak
