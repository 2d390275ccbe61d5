// SPDX-License-Identifier: Apache-2.0
#include "monitor/output_gate.hpp"

#include <algorithm>

namespace sandbox::monitor {

void OutputGate::take(Stream stream, std::string_view bytes) {
  StreamUsage& usage = usage_[index(stream)];
  const std::uint64_t room = limit_bytes_ - std::min(limit_bytes_, usage.total_bytes);
  const std::uint64_t kept = std::min<std::uint64_t>(bytes.size(), room);
  usage.total_bytes += bytes.size();
  if (kept > 0 && failure_ == nullptr) {
    try {
      sink_.write(stream, bytes.substr(0, kept));
      usage.kept_bytes += kept;
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  usage.truncated = usage.total_bytes > usage.kept_bytes;
}

bool OutputGate::over_limit() const noexcept {
  return usage_[0].total_bytes > limit_bytes_ || usage_[1].total_bytes > limit_bytes_;
}

} // namespace sandbox::monitor
