// SPDX-License-Identifier: Apache-2.0
//
// Runs checks of the table one after another and says what became of each.
#pragma once

#include "containment/controls.hpp"
#include "containment/host.hpp"
#include "containment/table.hpp"

#include <string>
#include <vector>

namespace containment {

struct Outcome {
  enum class Kind : std::uint8_t { passed, failed, not_runnable };
  std::string id{};
  std::string title{};
  Kind kind{Kind::passed};
  std::vector<std::string> reasons{};
  double seconds{0};
};

/// `weak`: the backend accepts that guarantees are missing.
Outcome run_check(const Check& check, sandbox::Backend& backend, Host& host, Controls& controls,
                  bool weak);

/// One line, with the reasons below it.
void print(const Outcome& outcome);

} // namespace containment
