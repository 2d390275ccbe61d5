// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.hpp"

#include <string>
#include <vector>

namespace sandbox::cli {

struct LanguagesOptions {
  bool json{false};
  bool strict{false};
  unsigned jobs{1};
  std::vector<std::string> ids;
};

/// `sandboxrun languages`: a table, or JSON.
int list_languages(const LanguagesOptions& options, const BackendOptions& backend);
/// `sandboxrun languages show ID`: one recipe as it was understood, as JSON.
int show_language(const std::string& id, const BackendOptions& backend);
/// `sandboxrun languages check`: runs the self-tests; 0 when every toolchain that is here passes.
int check_languages(const LanguagesOptions& options, const BackendOptions& backend);

} // namespace sandbox::cli
