// SPDX-License-Identifier: Apache-2.0
#include "capacity.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

namespace worker {
namespace {

constexpr const char* groups = "/sys/fs/cgroup/";

/// A limit in a file of the kernel's; the other when the file is not there or says "max".
template <class Number>
Number limit(const std::string& file, Number otherwise) {
  std::ifstream stream(groups + file);
  Number value{};
  return stream >> value && value > 0 ? value : otherwise;
}

double group_cores(double otherwise) {
  std::ifstream stream(std::string(groups) + "cpu.max");
  double quota = 0;
  double period = 0;
  if (stream >> quota >> period && quota > 0 && period > 0) {
    return quota / period;
  }
  const double quota_v1 = limit("cpu/cpu.cfs_quota_us", 0.0);
  const double period_v1 = limit("cpu/cpu.cfs_period_us", 0.0);
  return quota_v1 > 0 && period_v1 > 0 ? quota_v1 / period_v1 : otherwise;
}

} // namespace

Capacity measure_capacity() {
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
  std::uint64_t memory = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  memory = std::min(memory, limit("memory.max", memory));
  memory = std::min(memory, limit("memory/memory.limit_in_bytes", memory));
  return {std::min(cores, group_cores(cores)), memory};
}

unsigned concurrency(const Config& config, const Capacity& capacity) {
  constexpr unsigned most = 1024;
  if (config.worker.concurrency != 0) {
    return config.worker.concurrency;
  }
  const std::uint64_t budget =
      config.worker.memory_bytes != 0 ? config.worker.memory_bytes : capacity.memory_bytes / 4 * 3;
  const std::uint64_t by_memory =
      budget / std::max<std::uint64_t>(1, config.maxima.run.memory_bytes);
  const auto by_cores =
      static_cast<std::uint64_t>(capacity.cores / std::min(1.0, config.maxima.run.cores));
  return static_cast<unsigned>(std::clamp<std::uint64_t>(std::min(by_memory, by_cores), 1, most));
}

} // namespace worker
