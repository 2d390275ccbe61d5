// SPDX-License-Identifier: Apache-2.0
#include <sandbox/report.hpp>

namespace sandbox {

std::string_view to_string(Stage stage) noexcept {
  return stage == Stage::compile ? "compile" : "run";
}

std::string_view to_string(CacheUse::Outcome outcome) noexcept {
  switch (outcome) {
  case CacheUse::Outcome::off:
    return "off";
  case CacheUse::Outcome::hit:
    return "hit";
  case CacheUse::Outcome::miss:
    break;
  }
  return "miss";
}

bool Report::compile_failed() const noexcept {
  return !stages.empty() && stages.back().stage == Stage::compile && !stages.back().result.ok();
}

bool Report::ok() const noexcept {
  return !stages.empty() && stages.back().stage == Stage::run && stages.back().result.ok();
}

} // namespace sandbox
