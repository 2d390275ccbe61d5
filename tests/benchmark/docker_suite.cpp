// SPDX-License-Identifier: Apache-2.0
#include "contenders.hpp"
#include "docker_contenders.hpp"
#include "engine_contenders.hpp"
#include "pool_contenders.hpp"
#include "streams.hpp"
#include "suites.hpp"

#include <sandbox/docker.hpp>
#include <sandbox/error.hpp>
#include <sandbox/native.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace benchmark {
namespace {

namespace docker = sandbox::docker;

/// All that the measurements of one engine share.
struct Bench {
  docker::EngineAddress address;
  docker::Engine engine;
  sandbox::Environment environment;
  std::unique_ptr<sandbox::Backend> backend;
  RemovalWatch watch;

  explicit Bench(const docker::EngineAddress& where, const std::string& image)
      : address(where), engine(where), backend(sandbox::make_docker_backend()), watch(where) {
    environment.image = image;
  }
};

void append(std::vector<Contender>& all, const std::vector<Contender>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

void measure_containers(Bench& bench, const Settings& settings, Table& table) {
  const std::string& image = settings.image;
  const Contender plain =
      bare_container(bench.engine, "engine alone, plain container", plain_spec(image));
  std::vector<Contender> all{
      plain,
      bare_container(bench.engine, "engine alone, plain, NetworkDisabled", unconnected_spec(image)),
      bare_container(bench.engine, "engine alone, hardened", hardened_spec(image))};
  append(all, cold_box(*bench.backend, bench.environment, bench.watch));
  append(all, warm_box(*bench.backend, bench.environment, bench.watch));
  append(all, docker_commands(bench.engine, bench.address, image));
  all.push_back(spawn("posix_spawn, no-op", {SANDBOX_NOOP}));
  table.add("container latency, no-op", measure_latency(all, settings.engine_runs));

  const int boxes = settings.engine_runs > 10 ? 10 : 5;
  table.add(fmt::format("each of {} in sequence", boxes),
            measure_latency({series(plain, boxes), cold_series(bench.environment, boxes)},
                            (settings.engine_runs + 9) / 10));
}

void measure_phases(Bench& bench, const Settings& settings, Table& table) {
  table.add_plain(
      "engine alone, plain container: of which",
      measure_latency(bare_phases(bench.engine, plain_spec(settings.image)), settings.engine_runs));
  table.add_plain("engine alone, plain, NetworkDisabled: of which",
                  measure_latency(bare_phases(bench.engine, unconnected_spec(settings.image)),
                                  settings.engine_runs));
  table.add_plain("engine alone, hardened: of which",
                  measure_latency(bare_phases(bench.engine, hardened_spec(settings.image)),
                                  settings.engine_runs));
  // The boxes below are opened by hand, without the fallback that fills the volume of init.
  sample_result(*bench.backend, bench.environment);
  bench.watch.settle();
  table.add_plain("libsandbox docker, cold: of which",
                  measure_latency(cold_phases(bench.address, bench.environment, bench.watch),
                                  settings.engine_runs));
  table.add(
      "engine alone, what hardening costs",
      measure_latency(spec_parts(bench.engine, settings.image), (settings.engine_runs + 1) / 2));
}

/// Last of the containers: the pools remove theirs when they like.
void measure_submissions(Bench& bench, const Settings& settings, Table& table) {
  std::vector<Contender> all{
      bare_container(bench.engine, "engine alone, plain container", plain_spec(settings.image))};
  append(all, submissions(*bench.backend, settings.image));
  // By then the engine has removed the container of the one before.
  constexpr double rest_seconds = 0.3;
  table.add("submissions of /bin/true",
            measure_latency(all, (settings.engine_runs + 1) / 2, rest_seconds));
}

void measure_flood(Bench& bench, sandbox::Backend& native, Table& table) {
  const Flood boxed = flood(native, {}, sandbox::GiB);
  const Flood contained = flood(*bench.backend, bench.environment, sandbox::GiB);
  const std::string title = "1 GiB of output against a limit of 1 MiB";
  table.add_plain(
      title, "ms",
      {{"libsandbox native", boxed.milliseconds}, {"libsandbox docker", contained.milliseconds}});
  table.add_plain(
      title + ", memory", "KiB",
      {{"libsandbox native", boxed.grown_kib}, {"libsandbox docker", contained.grown_kib}});
}

void measure_streams(Bench& bench, sandbox::Backend& native, Table& table) {
  constexpr std::uint64_t size = 256 * sandbox::MiB;
  constexpr int rounds = 3;
  std::vector<Figure> rates;
  for (const Latency& each :
       measure_latency({piped_stream(size), boxed_stream(native, {}, size),
                        boxed_stream(*bench.backend, bench.environment, size)},
                       rounds)) {
    rates.push_back({each.name, static_cast<double>(size >> 20) / (each.p50_us / 1e6)});
  }
  table.add("256 MiB of output", "MiB/s", rates);
}

/// Nothing when boxes cannot be had there; says so.
std::optional<sandbox::Result> try_engine(const Settings& settings) {
  try {
    sandbox::Environment environment;
    environment.image = settings.image;
    return sample_result(*sandbox::make_docker_backend(), environment);
  } catch (const sandbox::Error& error) {
    fmt::print("docker backend: not measured: {}\n", error.what());
    return std::nullopt;
  }
}

} // namespace

void measure_docker(const Settings& settings, Table& table) {
  const auto sample = try_engine(settings);
  if (!sample) {
    return;
  }
  table.note_guarantees(*sample);
  Bench bench(docker::engine_address({}), settings.image);
  bench.watch.settle();
  measure_containers(bench, settings, table);
  measure_phases(bench, settings, table);
  const auto native = sandbox::make_native_backend();
  measure_flood(bench, *native, table);
  measure_streams(bench, *native, table);
  measure_submissions(bench, settings, table);
}

void use_docker_boxes(const Settings& settings, int count) {
  Bench bench(docker::engine_address({}), settings.image);
  const Contender cold = cold_box(*bench.backend, bench.environment, bench.watch).front();
  const Contender warm = warm_box(*bench.backend, bench.environment, bench.watch).front();
  for (int i = 0; i < count; ++i) {
    cold.once();
    warm.once();
  }
}

} // namespace benchmark
