// SPDX-License-Identifier: Apache-2.0
//
// An application of another size that launches as well: a process of its own, so that applications
// of different sizes can be measured turn by turn.
#pragma once

#include "samples.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace benchmark {

struct ApplicationSize {
  std::size_t rss_mib{0};
  unsigned threads{0};
};

class HostApplication {
 public:
  /// Starts this executable anew with --serve. Throws std::runtime_error.
  explicit HostApplication(ApplicationSize size);
  ~HostApplication();
  HostApplication(const HostApplication&) = delete;
  HostApplication& operator=(const HostApplication&) = delete;

  /// posix_spawn and a box of ours, each launched and timed by the application.
  std::vector<Contender> contenders(const std::string& name);

 private:
  double ask(std::size_t contender) const;

  int socket_{-1};
  pid_t pid_{-1};
};

/// The other end: grows to `size`, then launches what it is asked for until stdin ends.
void serve(ApplicationSize size, const std::vector<Contender>& contenders);

} // namespace benchmark
