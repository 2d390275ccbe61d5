// SPDX-License-Identifier: Apache-2.0
//
// What was measured, for people as it comes and as JSON at the end.
#pragma once

#include "samples.hpp"

#include <sandbox/result.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace benchmark {

struct Figure {
  std::string name;
  double value{0};
};

class Table {
 public:
  /// The machine.
  Table();

  /// Which guarantees were in force in what follows: figures without them compare with nothing.
  void begin(const sandbox::Result& result);

  /// The first of `latencies` is what the others are a multiple of.
  void add(const std::string& title, const std::vector<Latency>& latencies);
  /// Figures without a common base.
  void add_plain(const std::string& title, const std::vector<Latency>& latencies);
  void add(unsigned threads, const std::vector<Throughput>& rates);
  /// The first of `figures` is what the others are a multiple of.
  void add(const std::string& title, const std::string& unit, const std::vector<Figure>& figures);
  void add_plain(const std::string& title, const std::string& unit,
                 const std::vector<Figure>& figures);

  /// Throws std::runtime_error when the file cannot be written.
  void write_json(const std::string& path) const;

 private:
  /// Ratios when `base` is above 0.
  void add_latencies(const std::string& title, const std::vector<Latency>& latencies, double base);
  void add_figures(const std::string& title, const std::string& unit,
                   const std::vector<Figure>& figures, double base);

  nlohmann::ordered_json json_;
};

} // namespace benchmark
