// SPDX-License-Identifier: Apache-2.0
#include "host_health.hpp"

#include <algorithm>
#include <exception>
#include <string>

namespace worker {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds pause_when_ill{1'000};
/// Jobs that fail for their own sake must not have the host asked without end, while other lanes
/// wait.
constexpr std::chrono::milliseconds pause_when_well{200};

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
  if (!lock) {
    return false;
  }
  if (steady_clock::now() < next_) {
    return !ill_;
  }
  const std::uint64_t doubts = doubts_; // what fails while it is asked is news
  const bool usable = is_usable();
  next_ = steady_clock::now() + (usable ? pause_when_well : pause_when_ill);
  if (usable) {
    settled_ = doubts;
  }
  return usable;
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
