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
namespace {

/// Nothing without a base.
std::string ratio_text(double value, double base) {
  constexpr double small = 0.1;
  if (base <= 0) {
    return {};
  }
  const double ratio = value / base;
  return ratio < small ? fmt::format("{:.4f}", ratio) : fmt::format("{:.2f}", ratio);
}

} // namespace

Table::Table() {
  utsname host{};
  ::uname(&host);
  const unsigned cores = std::thread::hardware_concurrency();
  fmt::print("Linux {}, {} cores\n\n", host.release, cores);
  json_ = {{"host", {{"kernel", host.release}, {"machine", host.machine}, {"cores", cores}}},
           {"guarantees_missing", nlohmann::ordered_json::object()},
           {"latency", nlohmann::ordered_json::array()},
           {"throughput", nlohmann::ordered_json::array()},
           {"figures", nlohmann::ordered_json::array()}};
}

void Table::begin(const sandbox::Result& result) {
  auto missing = nlohmann::ordered_json::array();
  std::string names;
  for (const sandbox::Guarantee& guarantee : result.guarantees) {
    if (!guarantee.in_force) {
      missing.push_back(guarantee.name);
      names += (names.empty() ? "" : ", ") + guarantee.name;
    }
  }
  fmt::print("{} backend; guarantees missing: {}\n\n", result.backend,
             names.empty() ? "none" : names);
  json_["guarantees_missing"][result.backend] = std::move(missing);
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
    fmt::print("  {:<44} {:>10.0f} {:>10.0f} {:>10.0f} {:>8}\n", each.name, each.p50_us,
               each.p95_us, each.p99_us, ratio_text(each.p50_us, base));
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

void Table::add(const std::string& title, const std::string& unit,
                const std::vector<Figure>& figures) {
  add_figures(title, unit, figures, figures.front().value);
}

void Table::add_plain(const std::string& title, const std::string& unit,
                      const std::vector<Figure>& figures) {
  add_figures(title, unit, figures, 0);
}

void Table::add_figures(const std::string& title, const std::string& unit,
                        const std::vector<Figure>& figures, double base) {
  fmt::print("{:<46} {:>10} {:>8}\n", title, unit, base > 0 ? "x base" : "");
  for (const Figure& each : figures) {
    fmt::print("  {:<44} {:>10.0f} {:>8}\n", each.name, each.value, ratio_text(each.value, base));
    nlohmann::ordered_json entry = {
        {"group", title}, {"name", each.name}, {"unit", unit}, {"value", each.value}};
    if (base > 0) {
      entry["ratio"] = each.value / base;
    }
    json_["figures"].push_back(std::move(entry));
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
