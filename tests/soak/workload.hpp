// SPDX-License-Identifier: Apache-2.0
//
// The ways in which a program of the corpus is run, and what each expects.
#pragma once

#include "soak/kinds.hpp"
#include "soak/tally.hpp"

#include <sandbox/backend.hpp>
#include <sandbox/pool.hpp>

#include <string>

namespace soak {

struct Programs {
  std::string honest;
  std::string hostile;

  /// From the folder; throws std::runtime_error.
  static Programs load(const std::string& folder);
};

/// Used by many threads at a time.
class Workload {
 public:
  Workload(sandbox::Backend& backend, sandbox::Pool& pool, const Programs& programs, Tally& tally);

  /// One thing at random. Does not throw: what goes wrong is in the tally.
  void step(Random& random);

 private:
  using Route = void (Workload::*)(Random&);
  struct Share {
    unsigned percent;
    const char* name;
    Route route;
  };
  static const Share shares[];

  void measure_launch(Random& random);
  void run_alone(Random& random);
  void run_stages(Random& random);
  void run_in_pool(Random& random);
  void cancel(Random& random);
  void cancel_in_pool(Random& random);
  void throw_from_sink(Random& random);
  void ask_what_cannot_be(Random& random);
  void destroy_pool(Random& random);

  const std::string& program(const Kind& kind) const;
  std::unique_ptr<sandbox::Session> open(const Kind& kind) const;
  sandbox::Result run(sandbox::Session& session, const Kind& kind, std::string& out,
                      std::stop_token stop = {}) const;
  std::future<sandbox::Report> submit(sandbox::Pool& pool, const Kind& kind,
                                      std::stop_token stop = {}) const;
  void judge(const Kind& kind, const sandbox::Result& result, const std::string& out);
  void judge(const Kind& kind, const sandbox::Report& report);
  void judge_cancelled(const Kind& kind, const sandbox::Result& result);
  void look_at_files(sandbox::Session& session, const Kind& kind);

  sandbox::Backend& backend_;
  sandbox::Pool& pool_;
  const Programs& programs_;
  Tally& tally_;
};

} // namespace soak
