// SPDX-License-Identifier: Apache-2.0
#include "native/box_filter.hpp"

#include "os/system_error.hpp"

#include <sys/random.h>

#include <cerrno>

namespace sandbox::native {
namespace {

/// Nobody may guess it. Never 0, which means none.
std::uint64_t random_token() {
  std::uint64_t token = 0;
  while (token == 0) {
    // So few bytes are never given in part (getrandom(2)).
    if (::getrandom(&token, sizeof token, 0) < 0 && errno != EINTR) {
      throw os::system_error(ErrorCode::setup_failed, "getrandom", {}, errno);
    }
  }
  return token;
}

seccomp::FilterOptions with_token(seccomp::FilterOptions options, std::uint64_t token) {
  options.token = token;
  return options;
}

} // namespace

BoxFilter::BoxFilter(seccomp::FilterOptions options)
    : token_(random_token()), program_(seccomp::compile_filter(with_token(options, token_))) {}

std::string_view BoxFilter::instructions() const noexcept {
  return {reinterpret_cast<const char*>(program_.data()), program_.size() * sizeof(sock_filter)};
}

} // namespace sandbox::native
