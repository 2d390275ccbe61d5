// SPDX-License-Identifier: Apache-2.0
#include <sandbox/report.hpp>

namespace sandbox {

std::string_view to_string(Stage stage) noexcept {
  return stage == Stage::compile ? "compile" : "run";
}

bool Report::compile_failed() const noexcept {
  return !stages.empty() && stages.back().stage == Stage::compile && !stages.back().result.ok();
}

bool Report::ok() const noexcept {
  return !stages.empty() && stages.back().stage == Stage::run && stages.back().result.ok();
}

} // namespace sandbox
