// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include <sandbox/version.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>
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

std::string heading(const std::string& title, std::optional<double> x) {
  return x ? fmt::format("{}: {}", title, *x) : title;
}

} // namespace

Table::Table() : json_(std::make_unique<nlohmann::ordered_json>()) {
  const auto none = nlohmann::ordered_json::array();
  *json_ = {{"schema", 1},
            {"libsandbox", sandbox::version},
            {"machine", describe_machine()},
            {"peers", none},
            {"guarantees_missing", nlohmann::ordered_json::object()},
            {"stolen_share", nlohmann::ordered_json::object()},
            {"latency", none},
            {"throughput", none},
            {"figures", none}};
  const auto& machine = (*json_)["machine"];
  fmt::print("Linux {}, {} x {}, cgroup v{}\n\n", machine["kernel"].get<std::string>(),
             machine["cores"].get<unsigned>(), machine["processor"].get<std::string>(),
             machine["cgroup_version"].get<unsigned>());
}

Table::~Table() = default;

void Table::begin(const std::string& subject) {
  subject_ = subject;
  begun_ = processor_time();
  fmt::print("== {}\n\n", subject);
}

void Table::end() {
  const ProcessorTime now = processor_time();
  const double all = std::max(now.all - begun_.all, 1.0);
  const double share = (now.stolen - begun_.stolen) / all;
  fmt::print("of the processors' time {:.1f} % was given to others by a hypervisor\n\n",
             share * 100);
  (*json_)["stolen_share"][subject_] = share;
}

void Table::note_guarantees(const sandbox::Result& result) {
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
  (*json_)["guarantees_missing"][result.backend] = std::move(missing);
}

void Table::note_peers(const std::vector<Peer>& peers) {
  (*json_)["peers"] = nlohmann::ordered_json::array();
  for (const Peer& each : peers) {
    if (each.skipped.empty()) {
      fmt::print("{} {}: {}\n", each.name, each.version, each.isolates);
      (*json_)["peers"].push_back(
          {{"name", each.name}, {"version", each.version}, {"isolates", each.isolates}});
    } else {
      fmt::print("{}: not measured: {}\n", each.name, each.skipped);
      (*json_)["peers"].push_back({{"name", each.name}, {"skipped", each.skipped}});
    }
  }
  fmt::print("\n");
}

nlohmann::ordered_json Table::entry(const std::string& title, const std::string& name) const {
  return {{"subject", subject_}, {"group", title}, {"name", name}};
}

void Table::add(const std::string& title, const std::vector<Latency>& latencies,
                std::optional<double> x) {
  add_latencies(title, latencies, latencies.front().p50_us, x);
}

void Table::add_plain(const std::string& title, const std::vector<Latency>& latencies) {
  add_latencies(title, latencies, 0, {});
}

void Table::add_latencies(const std::string& title, const std::vector<Latency>& latencies,
                          double base, std::optional<double> x) {
  fmt::print("{:<46} {:>10} {:>10} {:>10} {:>8}\n", heading(title, x), "p50 us", "p95 us", "p99 us",
             base > 0 ? "x base" : "");
  for (const Latency& each : latencies) {
    fmt::print("  {:<44} {:>10.0f} {:>10.0f} {:>10.0f} {:>8}\n", each.name, each.p50_us,
               each.p95_us, each.p99_us, ratio_text(each.p50_us, base));
    nlohmann::ordered_json added = entry(title, each.name);
    if (x) {
      added["x"] = *x;
    }
    added["p50_us"] = each.p50_us;
    added["p95_us"] = each.p95_us;
    added["p99_us"] = each.p99_us;
    if (base > 0) {
      added["ratio"] = each.p50_us / base;
    }
    (*json_)["latency"].push_back(std::move(added));
  }
  fmt::print("\n");
  std::fflush(stdout);
}

void Table::add(const std::string& title, unsigned callers, const std::vector<Throughput>& rates) {
  const double base = rates.front().runs_per_second;
  fmt::print("{:<46} {:>10} {:>10} {:>8}\n", title, "callers", "runs/s", "x base");
  for (const Throughput& each : rates) {
    const double ratio = each.runs_per_second / base;
    fmt::print("  {:<44} {:>10} {:>10.0f} {:>8.2f}\n", each.name, callers, each.runs_per_second,
               ratio);
    nlohmann::ordered_json added = entry(title, each.name);
    added["callers"] = callers;
    added["runs_per_second"] = each.runs_per_second;
    added["ratio"] = ratio;
    (*json_)["throughput"].push_back(std::move(added));
  }
  fmt::print("\n");
  std::fflush(stdout);
}

void Table::add(const std::string& title, const std::string& unit,
                const std::vector<Figure>& figures) {
  add_figures(title, unit, figures, figures.front().value, {});
}

void Table::add_plain(const std::string& title, const std::string& unit,
                      const std::vector<Figure>& figures, std::optional<double> x) {
  add_figures(title, unit, figures, 0, x);
}

void Table::add_figures(const std::string& title, const std::string& unit,
                        const std::vector<Figure>& figures, double base, std::optional<double> x) {
  fmt::print("{:<46} {:>10} {:>8}\n", heading(title, x), unit, base > 0 ? "x base" : "");
  for (const Figure& each : figures) {
    fmt::print("  {:<44} {:>10.0f} {:>8}\n", each.name, each.value, ratio_text(each.value, base));
    nlohmann::ordered_json added = entry(title, each.name);
    if (x) {
      added["x"] = *x;
    }
    added["unit"] = unit;
    added["value"] = each.value;
    if (base > 0) {
      added["ratio"] = each.value / base;
    }
    (*json_)["figures"].push_back(std::move(added));
  }
  fmt::print("\n");
  std::fflush(stdout);
}

void Table::write_json(const std::string& path) const {
  std::ofstream file(path);
  file << json_->dump(2) << '\n';
  file.close();
  if (!file) {
    throw std::runtime_error("cannot write " + path);
  }
}

} // namespace benchmark
