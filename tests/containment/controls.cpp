// SPDX-License-Identifier: Apache-2.0
#include "containment/controls.hpp"

#include "common/file.hpp"
#include "containment/cage.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace containment {

Controls::Controls(const std::string& file) {
  const std::string text = file.empty() ? std::string() : common::read_file(file);
  if (!text.empty()) {
    seen_ = nlohmann::json::parse(text).get<std::map<std::string, std::string>>();
  }
}

std::string Controls::why_not_proven(const Check& check) {
  const auto known = seen_.find(check.id);
  if (known != seen_.end()) {
    return known->second;
  }
  if (!Cage::possible()) {
    return "only root can try it without a sandbox";
  }
  Cage cage;
  const std::string otherwise = std::string(no_success) + ": ";
  try {
    const bool succeeded = check.custom_control ? check.custom_control(cage)
                                                : cage.run(check.control_attack).escaped();
    return seen_[check.id] = succeeded ? "" : otherwise + cage.why();
  } catch (const std::exception& error) {
    return seen_[check.id] = otherwise + error.what();
  }
}

void Controls::save(const std::string& file) const {
  std::ofstream(file) << nlohmann::json(seen_).dump(1, ' ', true,
                                                    nlohmann::json::error_handler_t::replace)
                      << '\n';
}

} // namespace containment
