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

std::vector<sock_filter> compile(seccomp::FilterOptions options, std::uint64_t token,
                                 bool watches_ipc) {
  options.token = token;
  options.watches_ipc = watches_ipc;
  return seccomp::compile_filter(options);
}

std::string_view bytes_of(const std::vector<sock_filter>& program) noexcept {
  return {reinterpret_cast<const char*>(program.data()), program.size() * sizeof(sock_filter)};
}

} // namespace

BoxFilter::BoxFilter(seccomp::FilterOptions options)
    : token_(random_token()), program_(compile(options, token_, false)),
      watching_program_(compile(options, token_, true)) {}

std::string_view BoxFilter::instructions() const noexcept {
  return bytes_of(program_);
}

std::string_view BoxFilter::watching_instructions() const noexcept {
  return bytes_of(watching_program_);
}

} // namespace sandbox::native
