// SPDX-License-Identifier: Apache-2.0
//
// What was measured, for people as it comes and as JSON at the end.
#pragma once

#include "machine.hpp"
#include "peers.hpp"
#include "samples.hpp"

#include <sandbox/result.hpp>

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <optional>
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
  ~Table();

  /// What follows belongs to this subject, until its end.
  void begin(const std::string& subject);
  /// Says how much of the time a hypervisor took: figures are worth little when it is much.
  void end();

  /// Which guarantees were in force in what follows: figures without them compare with nothing.
  void note_guarantees(const sandbox::Result& result);

  /// Says which cannot be measured, and why.
  void note_peers(const std::vector<Peer>& peers);

  /// The first of `latencies` is what the others are a multiple of. `x` is what they were measured
  /// at, for groups that show how a cost grows.
  void add(const std::string& title, const std::vector<Latency>& latencies,
           std::optional<double> x = {});
  /// Figures without a common base.
  void add_plain(const std::string& title, const std::vector<Latency>& latencies);
  void add(const std::string& title, unsigned callers, const std::vector<Throughput>& rates);
  /// The first of `figures` is what the others are a multiple of.
  void add(const std::string& title, const std::string& unit, const std::vector<Figure>& figures);
  void add_plain(const std::string& title, const std::string& unit,
                 const std::vector<Figure>& figures, std::optional<double> x = {});

  /// Throws std::runtime_error when the file cannot be written.
  void write_json(const std::string& path) const;

 private:
  /// Ratios when `base` is above 0.
  void add_latencies(const std::string& title, const std::vector<Latency>& latencies, double base,
                     std::optional<double> x);
  void add_figures(const std::string& title, const std::string& unit,
                   const std::vector<Figure>& figures, double base, std::optional<double> x);
  nlohmann::ordered_json entry(const std::string& title, const std::string& name) const;

  std::unique_ptr<nlohmann::ordered_json> json_;
  std::string subject_;
  ProcessorTime begun_;
};

} // namespace benchmark
