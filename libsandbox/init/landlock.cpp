// SPDX-License-Identifier: Apache-2.0
#include "landlock.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

namespace sandbox::init {
namespace {

// linux/landlock.h of Linux 6.12; the headers of older systems end earlier
// (Documentation/userspace-api/landlock.rst).
struct RulesetAttributes {
  std::uint64_t handled_access_fs;
  std::uint64_t handled_access_net;
  std::uint64_t scoped;
};
constexpr std::uint64_t bind_tcp = 1U << 0;
constexpr std::uint64_t connect_tcp = 1U << 1;
constexpr std::uint64_t scope_abstract_sockets = 1U << 0;
constexpr std::uint64_t scope_signals = 1U << 1;
constexpr unsigned ask_version = 1U << 0;
constexpr long abi_with_network = 4;
constexpr long abi_with_scopes = 6;

} // namespace

std::uint8_t make_landlock_ruleset(bool forbid_tcp, int& ruleset) noexcept {
  ruleset = -1;
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, ask_version);
  RulesetAttributes attributes{};
  if (abi >= abi_with_network && forbid_tcp) {
    attributes.handled_access_net = bind_tcp | connect_tcp;
  }
  if (abi >= abi_with_scopes) {
    attributes.scoped = scope_abstract_sockets | scope_signals;
  }
  if (attributes.handled_access_net == 0 && attributes.scoped == 0) {
    return 0;
  }
  const std::size_t size =
      abi >= abi_with_scopes ? sizeof attributes : offsetof(RulesetAttributes, scoped);
  ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
  return ruleset >= 0 ? static_cast<std::uint8_t>(abi) : std::uint8_t{0};
}

Outcome enter_landlock(int ruleset) noexcept {
  return check(::syscall(SYS_landlock_restrict_self, ruleset, 0), "landlock_restrict_self");
}

} // namespace sandbox::init
