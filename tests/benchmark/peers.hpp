// SPDX-License-Identifier: Apache-2.0
//
// Other programs that confine a program, as Debian packages them.
#pragma once

#include "samples.hpp"

#include <optional>
#include <string>
#include <vector>

namespace benchmark {

struct Peer {
  std::string name{};
  std::string version{};
  std::string isolates{}; // with the options it is started with here
  std::string skipped{};  // why it is not measured, and the remedy; empty when it is
  std::optional<Contender> noop{};
  std::optional<Contender> python{};
};

/// Each was tried once. Those that cannot be measured say why.
std::vector<Peer> find_peers();

/// The static no-op, and python3 -c pass, under each peer that can be measured.
std::vector<Contender> noops(const std::vector<Peer>& peers);
std::vector<Contender> pythons(const std::vector<Peer>& peers);

} // namespace benchmark
