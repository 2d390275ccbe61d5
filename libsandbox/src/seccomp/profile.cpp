// SPDX-License-Identifier: Apache-2.0
//
// Format: https://docs.docker.com/engine/security/seccomp/
#include "seccomp/profile.hpp"

#include "seccomp/policy.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>

namespace sandbox::seccomp {
namespace {

using nlohmann::json;

constexpr Action action_bits = ~static_cast<Action>(SECCOMP_RET_DATA);

json action_of(Action action) {
  if (action == allow) {
    return {{"action", "SCMP_ACT_ALLOW"}};
  }
  return {{"action", "SCMP_ACT_ERRNO"}, {"errnoRet", action & SECCOMP_RET_DATA}};
}

json entry(const std::vector<std::string>& names, Action action) {
  json rule = action_of(action);
  rule["names"] = names;
  return rule;
}

json with_arguments(const CallRule& rule, const Clause& clause) {
  json allowed = entry({rule.call}, allow);
  allowed["args"] = json::array();
  for (const Check& check : clause.all) {
    allowed["args"].push_back({{"index", check.argument},
                               {"value", check.mask},
                               {"valueTwo", check.value},
                               {"op", "SCMP_CMP_MASKED_EQ"}});
  }
  return allowed;
}

void add_rule(json& rules, const CallRule& rule) {
  if (rule.otherwise == allow) {
    rules.push_back(entry({rule.call}, allow));
    return;
  }
  for (const Clause& clause : rule.clauses) {
    if (clause.action == allow) {
      rules.push_back(with_arguments(rule, clause));
    }
  }
}

} // namespace

std::string docker_profile(const FilterOptions& options) {
  const std::vector<CallRule> by_arguments = call_rules(options);
  const auto decided_elsewhere = [&](const char* call) {
    return std::any_of(by_arguments.begin(), by_arguments.end(), [call](const CallRule& rule) {
      return std::string_view(rule.call) == call;
    });
  };
  json rules = json::array();
  for (const Group& group : groups()) {
    if (group.action == default_action) {
      continue;
    }
    std::vector<std::string> names;
    std::copy_if(group.calls.begin(), group.calls.end(), std::back_inserter(names),
                 [&](const char* call) { return !decided_elsewhere(call); });
    rules.push_back(entry(names, group.action));
  }
  for (const CallRule& rule : by_arguments) {
    add_rule(rules, rule);
  }
  static_assert((default_action & action_bits) == SECCOMP_RET_ERRNO);
  return json{{"defaultAction", "SCMP_ACT_ERRNO"},
              {"defaultErrnoRet", default_action & SECCOMP_RET_DATA},
              {"syscalls", std::move(rules)}}
      .dump();
}

} // namespace sandbox::seccomp
