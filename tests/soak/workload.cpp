// SPDX-License-Identifier: Apache-2.0
#include "soak/workload.hpp"

#include "common/backend.hpp"
#include "soak/requests.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <array>
#include <thread>

namespace soak {
namespace {

using namespace std::chrono_literals;
using namespace sandbox;

constexpr std::uint64_t keep_bytes = 256 * KiB;

struct Enough : std::exception {};

/// What this thread is at, for an error that says no more than where it came from.
thread_local std::string at_work;

std::chrono::milliseconds some_ms(Random& random, unsigned at_most) {
  return std::chrono::milliseconds(pick(random, 0, at_most));
}

/// Requests a stop after a while, or at its end.
std::jthread stop_later(std::stop_source& stop, std::chrono::milliseconds delay) {
  return std::jthread([&stop, delay] {
    std::this_thread::sleep_for(delay);
    stop.request_stop();
  });
}

} // namespace

const Workload::Share Workload::shares[] = {
    {15, "launch latency", &Workload::measure_launch},
    {30, "session", &Workload::run_alone},
    {10, "session of two stages", &Workload::run_stages},
    {28, "pool", &Workload::run_in_pool},
    {5, "cancelled half way", &Workload::cancel},
    {3, "cancelled in the pool", &Workload::cancel_in_pool},
    {3, "left by a sink that throws", &Workload::throw_from_sink},
    {5, "invalid request", &Workload::ask_what_cannot_be},
    {1, "pool destroyed while it runs", &Workload::destroy_pool},
};

Workload::Workload(Backend& backend, Pool& pool, const Programs& programs, Tally& tally)
    : backend_(backend), pool_(pool), programs_(programs), tally_(tally) {}

void Workload::step(Random& random) {
  unsigned at = pick(random, 0, 99);
  const Share* chosen = shares;
  while (at >= chosen->percent) {
    at -= chosen->percent;
    ++chosen;
  }
  tally_.count_route(chosen->name);
  at_work = chosen->name;
  try {
    (this->*chosen->route)(random);
  } catch (const Error& error) {
    tally_.fail("error",
                fmt::format("{}: {}: {}: {} (errno {})", chosen->name, to_string(error.code()),
                            error.step(), error.what(), error.system_error()));
  } catch (const std::exception& error) {
    tally_.fail("exception", fmt::format("{}: {}", at_work, error.what()));
  }
}

void Workload::measure_launch(Random&) {
  const auto start = Clock::now();
  std::string out;
  const auto session = open(noop());
  const Result result = run(*session, noop(), out);
  tally_.add_latency(Clock::now() - start);
  judge(noop(), result, out);
}

void Workload::run_alone(Random& random) {
  const Kind& kind = any_kind(random);
  std::string out;
  const auto session = open(kind);
  const Result result = run(*session, kind, out);
  judge(kind, result, out);
  look_at_files(*session, kind);
}

/// The second has nothing of the first, whatever that was.
void Workload::run_stages(Random& random) {
  const Kind& first = any_kind(random);
  const Kind& second = noop();
  std::string out;
  const auto session = open(first);
  const Result result = run(*session, first, out);
  judge(first, result, out);
  session->reset();
  session->put_file("soak", program(second), true);
  out.clear();
  const Result after = run(*session, second, out);
  judge(second, after, out);
}

void Workload::run_in_pool(Random& random) {
  const Kind& kind = any_kind(random);
  judge(kind, submit(pool_, kind).get());
}

void Workload::cancel(Random& random) {
  const Kind& kind = endless_kind(random);
  const auto session = open(kind);
  std::stop_source stop;
  const std::jthread stopper = stop_later(stop, some_ms(random, 200));
  std::string out;
  judge_cancelled(kind, run(*session, kind, out, stop.get_token()));
}

void Workload::cancel_in_pool(Random& random) {
  const Kind& kind = endless_kind(random);
  std::stop_source stop;
  auto future = submit(pool_, kind, stop.get_token());
  std::this_thread::sleep_for(some_ms(random, 200));
  stop.request_stop();
  judge_cancelled(kind, future.get().last().result);
}

/// run() is left while the program lives; half of the boxes go at once, the others serve on.
void Workload::throw_from_sink(Random& random) {
  Kind kind = sleeper();
  kind.limits.wall_time = 120s;
  const auto session = open(kind);
  CallbackSink sink([](Stream, std::string_view) { throw Enough(); });
  Command command;
  command.argv = {"./soak", "sleep"};
  command.limits = kind.limits;
  try {
    const Result result = session->run(command, sink);
    tally_.fail("wrong", fmt::format("a sink threw: {}", describe(result)));
  } catch (const Enough&) {
    tally_.count("sink throws", "thrown");
  }
  if (pick(random, 0, 1) == 0) {
    session->put_file("soak", program(noop()), true);
    std::string out;
    const Result after = run(*session, noop(), out);
    judge(noop(), after, out);
  }
}

void Workload::ask_what_cannot_be(Random& random) {
  const auto session = open(noop());
  const std::string complaint = refuse(random, backend_, *session);
  tally_.count("invalid request", complaint.empty() ? "refused" : "wrong");
  if (!complaint.empty()) {
    tally_.fail("wrong", "invalid request: " + complaint);
  }
  std::string out;
  const Result after = run(*session, noop(), out);
  judge(noop(), after, out);
}

void Workload::destroy_pool(Random& random) {
  std::array<std::future<Report>, 4> futures;
  Kind kind = sleeper();
  kind.limits.wall_time = 120s;
  {
    PoolOptions options;
    options.slots = 2;
    options.warm_boxes = 1;
    Pool pool(backend_, options);
    for (auto& future : futures) {
      future = submit(pool, kind);
    }
    std::this_thread::sleep_for(some_ms(random, 300));
  }
  for (auto& future : futures) {
    judge_cancelled(kind, future.get().last().result);
  }
}

const std::string& Workload::program(const Kind& kind) const {
  return kind.hostile ? programs_.hostile : programs_.honest;
}

std::unique_ptr<Session> Workload::open(const Kind& kind) const {
  at_work += ", open for " + kind.name;
  Environment environment;
  environment.image = common::image();
  environment.disk_bytes = kind.limits.disk_bytes;
  environment.disk_inodes = kind.limits.disk_inodes;
  auto session = backend_.open(environment);
  session->put_file("soak", program(kind), true);
  return session;
}

Result Workload::run(Session& session, const Kind& kind, std::string& out,
                     std::stop_token stop) const {
  at_work += ", run " + kind.name;
  Command command;
  command.argv = {"./soak"};
  command.argv.insert(command.argv.end(), kind.args.begin(), kind.args.end());
  command.limits = kind.limits;
  command.input = BytesInput{kind.input};
  CapturedOutput output(keep_bytes);
  Result result = session.run(command, output, stop);
  out = output.standard_output().bytes();
  return result;
}

std::future<Report> Workload::submit(Pool& pool, const Kind& kind, std::stop_token stop) const {
  at_work += ", submit " + kind.name;
  Submission submission;
  submission.files = {{"", program(kind)}};
  submission.args = kind.args;
  submission.input = BytesInput{kind.input};
  RunOptions options;
  options.run_limits = kind.limits;
  // The larger disk of the two stages is the box's.
  options.compile_limits = kind.limits;
  options.compile_limits->wall_time = 120s;
  options.compile_limits->cpu_time = 20s;
  options.keep_bytes = keep_bytes;
  options.artifacts = kind.artifacts;
  return pool.submit(recipe(), std::move(submission), options, stop);
}

void Workload::judge(const Kind& kind, const Result& result, const std::string& out) {
  tally_.count(kind.name, std::string(to_string(result.verdict)));
  if (const std::string complaint = wrong(kind, result, out); !complaint.empty()) {
    tally_.fail("wrong", fmt::format("{}: {}", kind.name, complaint));
  }
}

void Workload::judge(const Kind& kind, const Report& report) {
  if (report.compile_failed()) {
    tally_.fail("wrong", fmt::format("{}: chmod: {}", kind.name, describe(report.last().result)));
    return;
  }
  judge(kind, report.last().result, report.last().standard_output.bytes());
  if (kind.name == "files" &&
      (report.artifacts.size() != 1 || report.artifacts.front().bytes != "190")) {
    tally_.fail("wrong", "files: not the artifact");
  }
}

/// It may have come to its own end first.
void Workload::judge_cancelled(const Kind& kind, const Result& result) {
  tally_.count(kind.name, std::string(to_string(result.verdict)));
  if (result.verdict != Verdict::cancelled) {
    Kind verdict_only = kind;
    verdict_only.also = {};
    if (const std::string complaint = wrong(verdict_only, result, {}); !complaint.empty()) {
      tally_.fail("wrong", fmt::format("{}, cancelled: {}", kind.name, complaint));
    }
  }
}

void Workload::look_at_files(Session& session, const Kind& kind) {
  if (kind.artifacts.empty()) {
    return;
  }
  const std::size_t entries = session.list_files().size();
  if (kind.name == "files" && session.get_file("result", 100) != "190") {
    tally_.fail("wrong", "files: not the result");
  }
  // The program of the run and what it made.
  if ((kind.name == "tree" && entries < 200) || (kind.name == "huge names" && entries != 201)) {
    tally_.fail("wrong", fmt::format("{}: {} entries", kind.name, entries));
  }
}

} // namespace soak
