// SPDX-License-Identifier: Apache-2.0
#include "sandbox/toolchain.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace sandbox {
namespace {

/// The PATH of a box without a rootfs, as far as the host's directories are shown there.
constexpr std::string_view search_path[] = {"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/",
                                            "/usr/bin/"};

bool is_present(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return ::access(name.c_str(), X_OK) == 0;
  }
  return std::any_of(std::begin(search_path), std::end(search_path),
                     [&](std::string_view directory) {
                       return ::access((std::string(directory) + name).c_str(), X_OK) == 0;
                     });
}

} // namespace

std::vector<std::string> missing_executables(const Recipe& recipe) {
  std::vector<std::string> missing;
  std::copy_if(recipe.executables.begin(), recipe.executables.end(), std::back_inserter(missing),
               [](const std::string& name) { return !is_present(name); });
  return missing;
}

void require_toolchain(const Recipe& recipe) {
  const std::vector<std::string> missing = missing_executables(recipe);
  if (!missing.empty()) {
    throw Error(ErrorCode::not_found, fmt::format("language {}", recipe.id),
                fmt::format("{} is not on this host", fmt::join(missing, ", ")),
                fmt::format("apt-get install {}", fmt::join(recipe.debian_packages, " ")));
  }
}

} // namespace sandbox
