// SPDX-License-Identifier: Apache-2.0
//
// The profile against the filter itself: both say what the policy says, the profile no less.
#include "seccomp/policy.hpp"
#include "seccomp/profile.hpp"
#include "unit/seccomp/bpf.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <seccomp.h>

#include <algorithm>
#include <map>
#include <set>

using namespace sandbox::seccomp;
using nlohmann::json;

namespace {

constexpr int highest_call = 600;

/// What the profile answers to a call whatever its arguments; calls with conditions are apart.
struct Profile {
  std::map<std::string, Action> answers;
  std::set<std::string> conditional;
};

Profile parse(const json& profile) {
  Profile parsed;
  for (const json& rule : profile.at("syscalls")) {
    const Action action =
        rule.at("action") == "SCMP_ACT_ALLOW" ? allow : fail(rule.at("errnoRet").get<int>());
    for (const std::string name : rule.at("names")) {
      if (rule.contains("args") && !rule["args"].empty()) {
        parsed.conditional.insert(name);
      } else {
        CHECK(parsed.answers.emplace(name, action).second);
      }
    }
  }
  return parsed;
}

std::string name_of(int number) {
  for (const LaterCall& call : later_calls()) {
    if (call.number == number) {
      return std::string(call.name);
    }
  }
  char* resolved = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
  const std::string name = resolved != nullptr ? resolved : "";
  std::free(resolved);
  return name;
}

std::set<Action> answers(const std::vector<sock_filter>& filter, int number) {
  std::set<Action> all;
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    seccomp_data call{};
    call.nr = number;
    call.arch = SCMP_ARCH_X86_64;
    std::fill(std::begin(call.args), std::end(call.args), value);
    all.insert(sandbox::test::BpfMachine(filter, call).run());
  }
  return all;
}

const FilterOptions all_options[] = {{.loopback = false, .shared_uid = false},
                                     {.loopback = true, .shared_uid = false}};

} // namespace

TEST_CASE("seccomp profile: answers as the filter does where arguments do not matter",
          "[seccomp]") {
  for (const FilterOptions& options : all_options) {
    const std::vector<sock_filter> filter = compile_filter(options);
    const Profile profile = parse(json::parse(docker_profile(options)));
    std::set<std::string> by_arguments;
    for (const CallRule& rule : call_rules(options)) {
      by_arguments.insert(rule.call);
    }
    for (int number = 0; number < highest_call; ++number) {
      const std::string name = name_of(number);
      if (name.empty() || by_arguments.contains(name)) {
        continue;
      }
      INFO(name);
      const std::set<Action> expected = answers(filter, number);
      REQUIRE(expected.size() == 1);
      const auto found = profile.answers.find(name);
      CHECK((found == profile.answers.end() ? default_action : found->second) == *expected.begin());
      CHECK_FALSE(profile.conditional.contains(name));
    }
  }
}

TEST_CASE("seccomp profile: calls that depend on arguments are allowed no further than that",
          "[seccomp]") {
  for (const FilterOptions& options : all_options) {
    const Profile profile = parse(json::parse(docker_profile(options)));
    for (const CallRule& rule : call_rules(options)) {
      INFO(rule.call);
      CHECK(profile.answers.contains(rule.call) == (rule.otherwise == allow));
      const bool some = std::any_of(rule.clauses.begin(), rule.clauses.end(),
                                    [](const Clause& clause) { return clause.action == allow; });
      CHECK(profile.conditional.contains(rule.call) == (rule.otherwise != allow && some));
    }
  }
}

TEST_CASE("seccomp profile: what it does not know is not there", "[seccomp]") {
  const json profile = json::parse(docker_profile({}));
  CHECK(profile.at("defaultAction") == "SCMP_ACT_ERRNO");
  CHECK(profile.at("defaultErrnoRet") == ENOSYS);
  CHECK_FALSE(profile.contains("architectures"));
  CHECK_FALSE(profile.contains("archMap"));
}
