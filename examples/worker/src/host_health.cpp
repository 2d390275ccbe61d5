// SPDX-License-Identifier: Apache-2.0
#include "host_health.hpp"

#include <algorithm>
#include <exception>
#include <string>

namespace worker {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds pause{1};

std::string what_is_missing(const sandbox::Probe& probe) {
  const auto first = std::find_if(probe.checks.begin(), probe.checks.end(), [](const auto& each) {
    return each.status == sandbox::Check::Status::missing;
  });
  return first == probe.checks.end() ? "not usable" : first->name + ": " + first->detail;
}

} // namespace

bool HostHealth::is_well() noexcept {
  if (settled_ == doubts_) {
    return true;
  }
  const std::unique_lock lock(asking_, std::try_to_lock);
  if (!lock || steady_clock::now() < next_) {
    return false;
  }
  const std::uint64_t doubts = doubts_; // what fails while it is asked is news
  if (!is_usable()) {
    next_ = steady_clock::now() + pause;
    return false;
  }
  settled_ = doubts;
  return true;
}

bool HostHealth::is_usable() noexcept try {
  const sandbox::Probe probe = backend_.probe();
  if (probe.usable && ill_.exchange(false)) {
    log_.info("host is well again", {{"backend", probe.backend}});
  } else if (!probe.usable && !ill_.exchange(true)) {
    log_.warning("host is not well: no job is taken",
                 {{"backend", probe.backend}, {"missing", what_is_missing(probe)}});
  }
  return probe.usable;
} catch (const std::exception&) {
  ill_ = true; // else /readyz would be fine while no job is taken
  return false;
}

} // namespace worker
