// SPDX-License-Identifier: Apache-2.0
#include "seccomp/filter.hpp"

#include "os/fd.hpp"
#include "os/system_error.hpp"
#include "seccomp/policy.hpp"
#include "seccomp/prologue.hpp"

#include <seccomp.h>

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sandbox::seccomp {
namespace {

struct Release {
  void operator()(void* context) const noexcept { seccomp_release(context); }
};
using Context = std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, Release>;

/// libseccomp returns a negated errno.
void check_library(int result, std::string_view call, std::string_view subject = {}) {
  if (result < 0) {
    throw os::system_error(ErrorCode::setup_failed, call, subject, -result);
  }
}

Context make_context() {
  Context context(seccomp_init(default_action));
  if (!context) {
    throw os::system_error(ErrorCode::setup_failed, "seccomp_init", {}, ENOMEM);
  }
  // The library's own default kills only the thread, and the program would go on without it.
  check_library(seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
                "seccomp_attr_set", "ACT_BADARCH");
  constexpr std::uint32_t binary_tree = 2;
  check_library(seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, binary_tree),
                "seccomp_attr_set", "CTL_OPTIMIZE");
  return context;
}

/// Negative for a call that this architecture lacks, or that the library does not know.
int number_of(const char* call) {
  return seccomp_syscall_resolve_name(call);
}

void add_group(scmp_filter_ctx context, const Group& group) {
  if (group.action == default_action) {
    return; // the library refuses a rule that changes nothing
  }
  for (const char* call : group.calls) {
    const int number = number_of(call);
    if (number >= 0) {
      check_library(seccomp_rule_add(context, group.action, number, 0), "seccomp_rule_add", call);
    }
  }
}

std::vector<sock_filter> export_program(scmp_filter_ctx context) {
  const os::Fd file(os::check(::memfd_create("seccomp", MFD_CLOEXEC), "memfd_create", "seccomp"));
  check_library(seccomp_export_bpf(context, file.get()), "seccomp_export_bpf");
  struct stat status {};
  os::check(::fstat(file.get(), &status), "fstat", "seccomp");
  std::vector<sock_filter> program(static_cast<std::size_t>(status.st_size) / sizeof(sock_filter));
  const ssize_t got = ::pread(file.get(), program.data(), program.size() * sizeof(sock_filter), 0);
  if (got < 0) {
    throw os::system_error(ErrorCode::setup_failed, "pread", "seccomp", errno);
  }
  // A filter cut short by one rule would still load: it must be whole or not be at all.
  if (got != status.st_size || status.st_size % static_cast<off_t>(sizeof(sock_filter)) != 0) {
    throw Error(ErrorCode::setup_failed, "pread seccomp", "the exported filter is cut short");
  }
  return program;
}

std::vector<sock_filter> argument_program(const FilterOptions& options) {
  std::vector<NumberedRule> numbered;
  for (CallRule& rule : call_rules(options)) {
    const int number = number_of(rule.call);
    if (number >= 0) {
      numbered.push_back({static_cast<std::uint32_t>(number), std::move(rule)});
    }
  }
  return compile_prologue(seccomp_arch_native(), std::move(numbered));
}

} // namespace

std::vector<sock_filter> compile_filter(const FilterOptions& options) {
  const Context context = make_context();
  for (const Group& group : groups()) {
    add_group(context.get(), group);
  }
  std::vector<sock_filter> program = argument_program(options);
  const std::vector<sock_filter> by_number = export_program(context.get());
  program.insert(program.end(), by_number.begin(), by_number.end());
  return program;
}

} // namespace sandbox::seccomp
