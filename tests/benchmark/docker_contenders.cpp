// SPDX-License-Identifier: Apache-2.0
#include "docker_contenders.hpp"

#include "docker/attached_transport.hpp"
#include "docker/container_spec.hpp"
#include "docker/docker_box.hpp"
#include "docker/offers.hpp"
#include "docker/remover.hpp"
#include "monitor/box_session.hpp"
#include "monitor/stage_run.hpp"
#include "programs.hpp"
#include "seccomp/filter.hpp"
#include "seccomp/profile.hpp"

#include <sandbox/docker.hpp>

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

namespace benchmark {
namespace {

namespace docker = sandbox::docker;
namespace monitor = sandbox::monitor;
namespace wire = sandbox::wire;
using Clock = std::chrono::steady_clock;
using sandbox::Environment;
using sandbox::Session;

double microseconds_since(Clock::time_point begun) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begun).count();
}

void run_noop(Session& session) {
  static const std::string noop = noop_bytes();
  static const sandbox::Command command = command_of({"./noop"});
  session.put_file("noop", noop, true);
  run(session, command);
}

/// DockerBackend::open_once() in steps that can be timed.
class OpenedByHand {
 public:
  OpenedByHand(const docker::EngineAddress& address, Environment environment)
      : remover_(docker::Remover::make(address)), environment_(std::move(environment)),
        filter_(sandbox::seccomp::compile_filter({})),
        spec_(docker::container_spec(environment_, {}, sandbox::seccomp::docker_profile({}))) {}

  void create() { container_ = std::make_unique<docker::Container>(remover_, spec_); }
  void attach() {
    channel_.emplace(std::make_unique<docker::AttachedTransport>(container_->attach()));
  }
  void start() { container_->start(); }
  void await_init() {
    posture_ = monitor::expect<wire::Posture>(channel_->receive());
    monitor::expect_version(channel_->receive());
    channel_->queue(wire::Claim{});
    channel_->flush();
  }
  void make_session() {
    std::vector<sandbox::Guarantee> guarantees;
    for (const auto& each : docker::offers(posture_, environment_)) {
      guarantees.push_back(each.guarantee);
    }
    const std::string_view filter(reinterpret_cast<const char*>(filter_.data()),
                                  filter_.size() * sizeof(sock_filter));
    session_ = std::make_unique<monitor::BoxSession>(std::make_unique<docker::DockerBox>(
        docker::DockerBox::Making{std::move(container_), std::move(*channel_),
                                  std::move(guarantees), environment_.expected_limits,
                                  posture_.cgroup_version,
                                  environment_.disk_bytes + 2 * docker::scratch_bytes, filter,
                                  sandbox::DockerOptions{}.max_box_life}));
    channel_.reset();
  }
  Session& session() { return *session_; }
  void close() { session_.reset(); }

 private:
  std::shared_ptr<docker::Remover> remover_;
  Environment environment_;
  std::vector<sock_filter> filter_;
  std::string spec_;
  std::unique_ptr<docker::Container> container_;
  std::optional<monitor::Channel> channel_;
  wire::Posture posture_;
  std::unique_ptr<Session> session_;
};

} // namespace

std::vector<Contender> cold_box(sandbox::Backend& backend, Environment environment,
                                RemovalWatch& watch) {
  return split({"libsandbox docker, cold", "  until the engine has removed it"},
               [&backend, &watch, environment = std::move(environment)] {
                 const int before = watch.count();
                 const auto begun = Clock::now();
                 run_noop(*backend.open(environment));
                 const double closed = microseconds_since(begun);
                 watch.wait_beyond(before);
                 return std::vector<double>{closed, microseconds_since(begun)};
               });
}

std::vector<Contender> warm_box(sandbox::Backend& backend, Environment environment,
                                RemovalWatch& watch) {
  // What the engine does after a start is over by then.
  static constexpr std::chrono::milliseconds rest{50};
  return split({"libsandbox docker, warm, to the result", "  to the closed box"},
               [&backend, &watch, environment = std::move(environment)] {
                 const int before = watch.count();
                 auto session = backend.open(environment);
                 std::this_thread::sleep_for(rest);
                 const auto begun = Clock::now();
                 run_noop(*session);
                 const double finished = microseconds_since(begun);
                 session.reset();
                 const double closed = microseconds_since(begun);
                 watch.wait_beyond(before);
                 return std::vector<double>{finished, closed};
               });
}

std::vector<Contender> cold_phases(const docker::EngineAddress& address,
                                   const Environment& environment, RemovalWatch& watch) {
  const auto box = std::make_shared<OpenedByHand>(address, environment);
  const auto before = std::make_shared<int>();
  return {
      {"create", timed([box, before, &watch] {
         *before = watch.count();
         box->create();
       })},
      {"attach", timed([box] { box->attach(); })},
      {"start", timed([box] { box->start(); })},
      {"init's first frames", timed([box] { box->await_init(); })},
      {"session, guarantees", timed([box] { box->make_session(); })},
      {"put the no-op",
       timed([box, noop = noop_bytes()] { box->session().put_file("noop", noop, true); })},
      {"run it", timed([box, command = command_of({"./noop"})] { run(box->session(), command); })},
      {"close", timed([box] { box->close(); })},
      {"in the background: removal", timed([before, &watch] { watch.wait_beyond(*before); })}};
}

Contender cold_series(const Environment& environment, int boxes) {
  return {"libsandbox docker, cold, and backend's end", [environment, boxes] {
            const auto begun = Clock::now();
            auto backend = sandbox::make_docker_backend();
            for (int i = 0; i < boxes; ++i) {
              run_noop(*backend->open(environment));
            }
            backend.reset();
            return microseconds_since(begun) / boxes;
          }};
}

Contender series(const Contender& contender, int times) {
  return {contender.name, [contender, times] {
            double sum = 0;
            for (int i = 0; i < times; ++i) {
              sum += contender.once();
            }
            return sum / times;
          }};
}

} // namespace benchmark
