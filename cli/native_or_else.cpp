// SPDX-License-Identifier: Apache-2.0
#include "native_or_else.hpp"

#include <sandbox/error.hpp>

#include <utility>

namespace sandbox::cli {

NativeOrElse::NativeOrElse(std::unique_ptr<Backend> native, std::string docker_lacks)
    : native_(std::move(native)), docker_lacks_(std::move(docker_lacks)) {}

std::unique_ptr<Session> NativeOrElse::open(const Environment& environment) {
  try {
    return native_->open(environment);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unsupported) {
      throw;
    }
    throw Error(error.code(), "native", error.what(), "or docker: " + docker_lacks_,
                error.system_error());
  }
}

} // namespace sandbox::cli
