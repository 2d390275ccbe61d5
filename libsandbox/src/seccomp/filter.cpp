// SPDX-License-Identifier: Apache-2.0
#include "seccomp/filter.hpp"

#include "os/fd.hpp"
#include "os/system_error.hpp"
#include "seccomp/evaluate.hpp"
#include "seccomp/policy.hpp"
#include "seccomp/program.hpp"

#include <seccomp.h>

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>
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

/// Negative for a call that this architecture lacks, or that nobody here knows.
int number_of(const char* call) {
  const int number = seccomp_syscall_resolve_name(call);
  if (number != __NR_SCMP_ERROR) {
    return number;
  }
  const std::vector<LaterCall> later = later_calls();
  const auto found = std::find_if(later.begin(), later.end(),
                                  [call](const LaterCall& each) { return each.name == call; });
  return found == later.end() ? number : found->number;
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

/// Beyond the highest number that the policy can name; the library's program answers all of these
/// alike, up to where the numbers of x32 begin.
constexpr std::uint32_t first_unknown = 1024;
constexpr std::uint32_t first_x32 = 0x40000000;
/// What a tracer writes to skip a call, and no x32 call though above the first of them.
constexpr std::uint32_t no_call = 0xffffffff;

std::map<std::uint32_t, CallRule> rules_by_number(const FilterOptions& options) {
  std::map<std::uint32_t, CallRule> numbered;
  for (CallRule& rule : call_rules(options)) {
    const int number = number_of(rule.call);
    if (number >= 0) {
      numbered.emplace(static_cast<std::uint32_t>(number), std::move(rule));
    }
  }
  return numbered;
}

/// The library's tree has a leaf for each call. Neighbours with one answer need one leaf only,
/// which makes the filter several times shorter.
std::vector<Range> merge(const std::vector<sock_filter>& by_number, std::uint32_t architecture,
                         std::map<std::uint32_t, CallRule> rules) {
  std::vector<Range> ranges;
  const auto add = [&](std::uint32_t number) {
    const auto rule = rules.find(number);
    const Action action = evaluate(by_number, {.nr = static_cast<int>(number),
                                               .arch = architecture,
                                               .instruction_pointer = 0,
                                               .args = {}});
    if (rule != rules.end()) {
      ranges.push_back({number, 0, std::move(rule->second)});
    } else if (ranges.empty() || ranges.back().rule || ranges.back().action != action) {
      ranges.push_back({number, action, std::nullopt});
    }
  };
  for (std::uint32_t number = 0; number <= first_unknown; ++number) {
    add(number);
  }
  add(first_x32);
  add(no_call);
  return ranges;
}

} // namespace

std::vector<sock_filter> compile_filter(const FilterOptions& options) {
  const Context context = make_context();
  for (const Group& group : groups()) {
    add_group(context.get(), group);
  }
  const std::uint32_t architecture = seccomp_arch_native();
  return compile_program(
      architecture, SECCOMP_RET_KILL_PROCESS,
      merge(export_program(context.get()), architecture, rules_by_number(options)));
}

} // namespace sandbox::seccomp
