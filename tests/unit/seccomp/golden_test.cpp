// SPDX-License-Identifier: Apache-2.0
//
// Every answer of the filter in a file that is reviewed: a change of the policy shows there as what
// it does, and one by accident shows at all. To take over a change that is meant:
//   SANDBOX_UPDATE_GOLDEN=1 sandbox-unit-tests "[golden]"
#include "seccomp/filter.hpp"
#include "seccomp/policy.hpp"
#include "unit/seccomp/arguments.hpp"
#include "unit/seccomp/bpf.hpp"

#include <catch2/catch.hpp>
#include <seccomp.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

#ifdef __x86_64__ // numbers and names differ elsewhere; the rules do not

using sandbox::seccomp::Action;
using sandbox::seccomp::FilterOptions;

namespace {

constexpr int beyond_all_calls = 600;
constexpr const char* absent = "ENOSYS";

struct Line {
  std::string name;
  std::string answers;
};
/// Options and number, as "default 41".
using Table = std::map<std::pair<std::string, int>, Line>;

std::string name_of(int number) {
  for (const auto& later : sandbox::seccomp::later_calls()) {
    if (later.number == number) {
      return std::string(later.name);
    }
  }
  const std::unique_ptr<char, decltype(&std::free)> name(
      seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, number), &std::free);
  return name ? name.get() : "-";
}

std::string describe(Action action) {
  if (action == SECCOMP_RET_ALLOW) {
    return "allow";
  }
  if (action == SECCOMP_RET_ERRNO) {
    return "ignored";
  }
  return ::strerrorname_np(static_cast<int>(action & SECCOMP_RET_DATA));
}

/// What a call is answered, "allow" or "EPERM,allow" when the arguments decide.
std::string answers(const std::vector<sock_filter>& program, int number) {
  std::set<std::string> found;
  for (const auto& arguments : sandbox::test::interesting_arguments()) {
    seccomp_data call{};
    call.arch = SCMP_ARCH_X86_64;
    call.nr = number;
    std::copy(arguments.begin(), arguments.end(), call.args);
    found.insert(describe(sandbox::test::BpfMachine(program, call).run()));
  }
  std::string joined;
  for (const std::string& each : found) {
    joined += (joined.empty() ? "" : ",") + each;
  }
  return joined;
}

Table current_table() {
  Table table;
  const auto plain = sandbox::seccomp::compile_filter({});
  const auto loopback = sandbox::seccomp::compile_filter({.loopback = true});
  const auto shared_uid = sandbox::seccomp::compile_filter({.shared_uid = true});
  for (int number = 0; number < beyond_all_calls; ++number) {
    const std::string name = name_of(number);
    const std::string usual = answers(plain, number);
    if (name != "-" || usual != absent) {
      table[{"default", number}] = {name, usual};
    }
    if (const std::string other = answers(loopback, number); other != usual) {
      table[{"loopback", number}] = {name, other};
    }
    if (const std::string other = answers(shared_uid, number); other != usual) {
      table[{"shared_uid", number}] = {name, other};
    }
  }
  return table;
}

std::filesystem::path golden_file() {
  return std::filesystem::path(__FILE__).parent_path() / "golden.txt";
}

Table read_golden() {
  std::ifstream file(golden_file());
  Table table;
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string options;
    int number = 0;
    Line entry;
    if (line.front() != '#' && words >> options >> number >> entry.name >> entry.answers) {
      table[{options, number}] = entry;
    }
  }
  return table;
}

void write_golden(const Table& table) {
  std::ofstream file(golden_file());
  file << "# options number call answers; written by golden_test.cpp. x86_64. With loopback and\n"
          "# shared_uid only what differs from the default; what is not listed gets ENOSYS.\n";
  for (const auto& [key, line] : table) {
    file << key.first << ' ' << key.second << ' ' << line.name << ' ' << line.answers << '\n';
  }
}

std::string answer_in(const Table& table, const Table::key_type& key) {
  const auto found = table.find(key);
  if (found != table.end()) {
    return found->second.answers;
  }
  return key.first == "default" ? absent : "as by default";
}

/// A line for each answer that differs; names alone may, with the version of libseccomp.
std::string difference(const Table& golden, const Table& current) {
  Table either = current;
  either.insert(golden.begin(), golden.end());
  std::string text;
  for (const auto& [key, line] : either) {
    const std::string was = answer_in(golden, key);
    const std::string is = answer_in(current, key);
    if (was != is) {
      text += key.first + ": " + line.name + " (" + std::to_string(key.second) + ") was " + was +
              ", is " + is + "\n";
    }
  }
  return text;
}

} // namespace

TEST_CASE("seccomp filter: the answers are those that were reviewed", "[seccomp][golden]") {
  const Table current = current_table();
  if (std::getenv("SANDBOX_UPDATE_GOLDEN") != nullptr) {
    write_golden(current);
  }
  const Table golden = read_golden();
  REQUIRE(golden.size() > 300);
  CHECK(difference(golden, current) == "");
}

TEST_CASE("seccomp filter: a changed answer is told by name", "[seccomp][golden]") {
  const Table golden{{{"default", 101}, {"ptrace", "EPERM"}}};
  const Table current{{{"default", 101}, {"ptrace", "allow"}}};
  CHECK(difference(golden, current) == "default: ptrace (101) was EPERM, is allow\n");
}

TEST_CASE("seccomp filter: a new answer is told by name", "[seccomp][golden]") {
  const Table current{{{"default", 462}, {"mseal", "allow"}}};
  CHECK(difference({}, current) == "default: mseal (462) was ENOSYS, is allow\n");
}

#endif
