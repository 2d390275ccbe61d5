// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include <fmt/format.h>

#include <sys/utsname.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace benchmark {

Table::Table(const sandbox::Result& result) {
  utsname host{};
  ::uname(&host);
  const unsigned cores = std::thread::hardware_concurrency();
  auto missing = nlohmann::ordered_json::array();
  std::string names;
  for (const sandbox::Guarantee& guarantee : result.guarantees) {
    if (!guarantee.in_force) {
      missing.push_back(guarantee.name);
      names += (names.empty() ? "" : ", ") + guarantee.name;
    }
  }
  fmt::print("Linux {}, {} cores; guarantees missing: {}\n\n", host.release, cores,
             names.empty() ? "none" : names);
  json_ = {{"host", {{"kernel", host.release}, {"machine", host.machine}, {"cores", cores}}},
           {"guarantees_missing", missing},
           {"latency", nlohmann::ordered_json::array()},
           {"throughput", nlohmann::ordered_json::array()}};
}

void Table::add(const std::string& title, const std::vector<Latency>& latencies) {
  add_latencies(title, latencies, latencies.front().p50_us);
}

void Table::add_plain(const std::string& title, const std::vector<Latency>& latencies) {
  add_latencies(title, latencies, 0);
}

void Table::add_latencies(const std::string& title, const std::vector<Latency>& latencies,
                          double base) {
  fmt::print("{:<46} {:>10} {:>10} {:>10} {:>8}\n", title, "p50 us", "p95 us", "p99 us",
             base > 0 ? "x base" : "");
  for (const Latency& each : latencies) {
    const std::string ratio = base > 0 ? fmt::format("{:.2f}", each.p50_us / base) : "";
    fmt::print("  {:<44} {:>10.0f} {:>10.0f} {:>10.0f} {:>8}\n", each.name, each.p50_us,
               each.p95_us, each.p99_us, ratio);
    nlohmann::ordered_json entry = {{"group", title},
                                    {"name", each.name},
                                    {"p50_us", each.p50_us},
                                    {"p95_us", each.p95_us},
                                    {"p99_us", each.p99_us}};
    if (base > 0) {
      entry["ratio"] = each.p50_us / base;
    }
    json_["latency"].push_back(std::move(entry));
  }
  fmt::print("\n");
  std::fflush(stdout);
}

void Table::add(unsigned threads, const std::vector<Throughput>& rates) {
  const double base = rates.front().runs_per_second;
  fmt::print("{:<46} {:>10} {:>10} {:>8}\n", "runs a second", "threads", "runs/s", "x base");
  for (const Throughput& each : rates) {
    const double ratio = each.runs_per_second / base;
    fmt::print("  {:<44} {:>10} {:>10.0f} {:>8.2f}\n", each.name, threads, each.runs_per_second,
               ratio);
    json_["throughput"].push_back({{"name", each.name},
                                   {"threads", threads},
                                   {"runs_per_second", each.runs_per_second},
                                   {"ratio", ratio}});
  }
  fmt::print("\n");
  std::fflush(stdout);
}

void Table::write_json(const std::string& path) const {
  std::ofstream file(path);
  file << json_.dump(2) << '\n';
  file.close();
  if (!file) {
    throw std::runtime_error("cannot write " + path);
  }
}

} // namespace benchmark
