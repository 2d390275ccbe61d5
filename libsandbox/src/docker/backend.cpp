// SPDX-License-Identifier: Apache-2.0
#include "docker/backend.hpp"

#include "docker/attached_transport.hpp"
#include "docker/container_spec.hpp"
#include "docker/docker_box.hpp"
#include "docker/garbage.hpp"
#include "docker/init_volume.hpp"
#include "docker/names.hpp"
#include "docker/offers.hpp"
#include "docker/probe.hpp"
#include "monitor/box_session.hpp"
#include "monitor/stage_run.hpp"
#include "seccomp/filter.hpp"
#include "seccomp/profile.hpp"

#include <sandbox/error.hpp>

#include <algorithm>

namespace sandbox::docker {
namespace {

constexpr int most_attempts = 4;
constexpr std::chrono::seconds refill_patience{20};
/// runc is in the container before init is, under its limits, and each of its threads counts. It
/// ends when it may not make another, which it needs or not as time goes: with a PidsLimit of 2,
/// one start of 100 failed on a busy machine of two cores.
constexpr std::uint64_t processes_to_start = 32;

void validate_options(const DockerOptions& options) {
  guarantee::validate(demand(options));
  if (options.max_box_life < std::chrono::seconds{1} ||
      options.max_box_life > std::chrono::hours{24}) {
    throw Error(ErrorCode::invalid_argument, "max_box_life", "must be between 1 s and a day");
  }
}

void validate_environment(const Environment& environment) {
  if (environment.image.empty()) {
    throw Error(ErrorCode::invalid_argument, "environment", "names no image",
                "give the recipe an image, or use the native backend");
  }
  if (!environment.rootfs.empty()) {
    throw Error(ErrorCode::invalid_argument, "environment",
                "a root file system is for the native backend; this one runs images");
  }
  validate_image(environment.image);
  if (environment.disk_bytes == 0 || environment.disk_inodes == 0 ||
      environment.disk_bytes == unlimited || environment.disk_inodes == unlimited) {
    throw Error(ErrorCode::invalid_argument, "environment",
                "disk_bytes and disk_inodes must be above 0 and bounded");
  }
  validate(environment.expected_limits);
}

/// Its part of a container ended before init began, by chance most likely.
bool runtime_died(const Error& error) {
  const std::string_view words = error.what();
  return words.find("cannot start a stopped process") != std::string_view::npos ||
         words.find("container init was OOM-killed") != std::string_view::npos;
}

/// The engine names the file that it could not execute; what was there instead of init said
/// nothing, or what is not in the protocol.
bool may_be_for_want_of_init(const Error& error) {
  return error.step() == "box" ||
         std::string_view(error.what()).find(init_path) != std::string_view::npos;
}

} // namespace

std::string_view DockerBackend::Policy::filter_bytes() const noexcept {
  return {reinterpret_cast<const char*>(filter.data()), filter.size() * sizeof(sock_filter)};
}

DockerBackend::DockerBackend(DockerOptions options) : options_(std::move(options)) {
  validate_options(options_);
  static_cast<void>(engine_address(options_.host));
}

/// A box that does not start most likely meets an engine that has never seen this init, or another
/// process that is just putting it there. Whatever else it was will be again, but for a runtime's
/// own misfortune.
std::unique_ptr<Session> DockerBackend::open(const Environment& wanted) {
  validate_environment(wanted);
  Environment environment = wanted;
  make_room_to_start(environment.expected_limits);
  const auto begun = std::chrono::steady_clock::now();
  for (int attempt = 1;; ++attempt) {
    const unsigned fillings = fillings_;
    auto container = make_container(environment);
    try {
      return start_box(std::move(container), environment);
    } catch (const Error& error) {
      if (runtime_died(error) && attempt < most_attempts) {
        continue;
      }
      const bool late = std::chrono::steady_clock::now() - begun > refill_patience;
      if (!may_be_for_want_of_init(error) || attempt == most_attempts || (late && attempt > 1)) {
        throw;
      }
    }
    fill_volume(fillings, environment.image);
  }
}

/// The first stage waits for its own limit before it runs (DockerBox::prepare). Not every other
/// engine or runtime can change limits, and those that are not written in Go need no room.
void DockerBackend::make_room_to_start(Limits& limits) {
  const bool may_be_runc = options_.runtime.empty() || options_.runtime == "runc";
  if (may_be_runc && flavour() == Flavour::docker) {
    limits.processes = std::max(limits.processes, processes_to_start);
  }
}

/// Once for all threads that have failed meanwhile.
void DockerBackend::fill_volume(unsigned fillings_before, const std::string& image) {
  const std::lock_guard lock(filling_);
  if (fillings_ == fillings_before) {
    fill_init_volume(remover(), image);
    ++fillings_;
  }
}

std::unique_ptr<Container> DockerBackend::make_container(const Environment& environment) {
  const std::string& profile = policy(environment.network).profile;
  return std::make_unique<Container>(remover(),
                                     container_spec(environment, options_, profile, flavour()));
}

std::unique_ptr<Session> DockerBackend::start_box(std::unique_ptr<Container> container,
                                                  const Environment& environment) {
  const Policy& policy = this->policy(environment.network);
  monitor::Channel channel(std::make_unique<AttachedTransport>(container->attach()));
  container->start();
  const auto posture = monitor::expect<wire::Posture>(channel.receive());
  monitor::expect_version(channel.receive());
  channel.queue(wire::Claim{});
  channel.flush();
  const std::vector<guarantee::Offer> found = offers(posture, environment);
  guarantee::require(found, demand(options_));
  std::vector<Guarantee> guarantees;
  guarantees.reserve(found.size());
  for (const guarantee::Offer& each : found) {
    guarantees.push_back(each.guarantee);
  }
  const std::uint64_t files = environment.disk_bytes + 2 * scratch_bytes;
  return std::make_unique<monitor::BoxSession>(std::make_unique<DockerBox>(DockerBox::Making{
      std::move(container), std::move(channel), std::move(guarantees), environment.expected_limits,
      posture.cgroup_version, files, policy.filter_bytes(), options_.max_box_life}));
}

const std::shared_ptr<Remover>& DockerBackend::remover() {
  const std::lock_guard lock(mutex_);
  if (remover_ == nullptr) {
    remover_ = Remover::make(engine_address(options_.host));
  }
  return remover_;
}

const DockerBackend::Policy& DockerBackend::policy(Network network) {
  const std::lock_guard lock(mutex_);
  Policy& policy = policies_[network];
  if (policy.filter.empty()) {
    const seccomp::FilterOptions options{.loopback = network == Network::loopback,
                                         .shared_uid = false};
    policy.profile = seccomp::docker_profile(options);
    policy.filter = seccomp::compile_filter(options);
  }
  return policy;
}

Flavour DockerBackend::flavour() {
  const Engine& engine = remover()->engine();
  {
    const std::lock_guard lock(mutex_);
    if (flavour_) {
      return *flavour_;
    }
  }
  // Without the lock: an engine that hangs must not make one thread wait for all before it.
  const Answer pong = engine.expect({Verb::get, "/_ping"}, {200});
  const std::lock_guard lock(mutex_);
  flavour_ = pong.header("Libpod-API-Version").empty() ? Flavour::docker : Flavour::podman;
  return *flavour_;
}

Probe DockerBackend::probe() {
  return probe_engine(options_);
}

std::vector<Leftover> DockerBackend::collect_garbage(bool dry_run) {
  // Not the remover's: that one collects as soon as it is made, dry run or not.
  return remove_garbage(Engine(engine_address(options_.host)), dry_run);
}

} // namespace sandbox::docker

namespace sandbox {

std::unique_ptr<Backend> make_docker_backend(DockerOptions options) {
  return std::make_unique<docker::DockerBackend>(std::move(options));
}

} // namespace sandbox
