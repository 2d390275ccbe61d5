// SPDX-License-Identifier: Apache-2.0
//
// Launch latency and runs a second, all in one run, as multiples of posix_spawn. Prints a table;
// never judges.
//   sandbox-benchmark [--quick] [--json FILE]
#include "contenders.hpp"

#include <sandbox/native.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <thread>

namespace {

using benchmark::Contender;
using benchmark::Latency;

constexpr std::size_t large_bytes = std::size_t{2} << 30;
constexpr int large_threads = 50;

struct Settings {
  int rounds{300};
  double seconds{2};
  std::string json;
};

Settings parse(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--quick") == 0) {
      settings.rounds = 50;
      settings.seconds = 0.5;
    } else if (std::strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
      settings.json = argv[++i];
    } else {
      fmt::print(stderr, "sandbox-benchmark [--quick] [--json FILE]\n");
      std::exit(2);
    }
  }
  return settings;
}

void print(const char* title, const std::vector<Latency>& latencies, nlohmann::ordered_json& json) {
  const double base = latencies.front().p50_us;
  fmt::print("{:<44} {:>10} {:>10} {:>8}\n", title, "p50 us", "p95 us", "x base");
  for (const Latency& each : latencies) {
    fmt::print("  {:<42} {:>10.0f} {:>10.0f} {:>8.2f}\n", each.name, each.p50_us, each.p95_us,
               each.p50_us / base);
    json["latency"].push_back({{"group", title},
                               {"name", each.name},
                               {"p50_us", each.p50_us},
                               {"p95_us", each.p95_us},
                               {"ratio", each.p50_us / base}});
  }
  fmt::print("\n");
}

/// The same application grown to 2 GB and 50 threads: what it holds must not cost a launch
/// anything.
void measure_large_application(const Settings& settings, const Contender& spawn,
                               const Contender& ours, nlohmann::ordered_json& json) {
  const std::unique_ptr<char[]> memory(new char[large_bytes]);
  std::memset(memory.get(), 1, large_bytes);
  std::vector<std::jthread> idle;
  for (int i = 0; i < large_threads; ++i) {
    idle.emplace_back([](std::stop_token stop) {
      while (!stop.stop_requested()) {
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
      }
    });
  }
  print("application of 2 GB RSS and 50 threads",
        benchmark::measure_latency({spawn, ours}, settings.rounds), json);
}

/// A machine that was idle has to wake up: the first launch after a second of nothing.
void measure_after_idle(const Contender& spawn, const Contender& ours,
                        nlohmann::ordered_json& json) {
  std::vector<Latency> latencies;
  for (const Contender& contender : {spawn, ours}) {
    std::vector<double> samples;
    for (int i = 0; i < 5; ++i) {
      std::this_thread::sleep_for(std::chrono::seconds{1});
      const auto begun = std::chrono::steady_clock::now();
      contender.once();
      samples.push_back(
          std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begun)
              .count());
    }
    std::sort(samples.begin(), samples.end());
    latencies.push_back({contender.name, samples[2], samples[4]});
  }
  print("after a second of idleness", latencies, json);
}

void measure_throughput(const Settings& settings, const std::vector<Contender>& contenders,
                        nlohmann::ordered_json& json) {
  fmt::print("{:<44} {:>8} {:>10} {:>8}\n", "runs a second", "threads", "runs/s", "x base");
  for (const unsigned threads : {1U, 2U, 4U, 8U}) {
    double base = 0;
    for (const Contender& contender : contenders) {
      const double rate = benchmark::measure_throughput(contender.once, threads, settings.seconds);
      base = base == 0 ? rate : base;
      fmt::print("  {:<42} {:>8} {:>10.0f} {:>8.2f}\n", contender.name, threads, rate, rate / base);
      json["throughput"].push_back({{"name", contender.name},
                                    {"threads", threads},
                                    {"runs_per_second", rate},
                                    {"ratio", rate / base}});
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  const Settings settings = parse(argc, argv);
  const auto backend = sandbox::make_native_backend();
  const Contender spawn = benchmark::spawn("posix_spawn, no-op", {SANDBOX_NOOP});
  const Contender ours = benchmark::boxed_noop(*backend);
  const Contender python =
      benchmark::spawn("posix_spawn, python3 -c pass", {"/usr/bin/python3", "-c", "pass"});
  const Contender our_python = benchmark::boxed(*backend, "libsandbox native, python3 -c pass",
                                                {"/usr/bin/python3", "-c", "pass"});
  const std::vector<Contender> peers = benchmark::bubblewrap();

  nlohmann::ordered_json json{{"latency", nlohmann::ordered_json::array()},
                              {"throughput", nlohmann::ordered_json::array()}};
  std::vector<Contender> noops{spawn, ours};
  std::vector<Contender> pythons{python, our_python};
  if (!peers.empty()) {
    noops.push_back(peers[0]);
    pythons.push_back(peers[1]);
  }
  print("launch latency, no-op", benchmark::measure_latency(noops, settings.rounds), json);
  print("launch latency, python3", benchmark::measure_latency(pythons, settings.rounds / 3), json);
  measure_after_idle(spawn, ours, json);
  measure_throughput(settings, noops, json);
  fmt::print("\n");
  measure_large_application(settings, spawn, ours, json);
  if (!settings.json.empty()) {
    std::ofstream(settings.json) << json.dump(2) << '\n';
  }
  return 0;
}
