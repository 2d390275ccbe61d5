// SPDX-License-Identifier: Apache-2.0
#include "docker/owner.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

using namespace sandbox::docker;
using namespace std::chrono_literals;

namespace {

constexpr const char* boot = "01234567-89ab-cdef-0123-456789abcdef";
constexpr const char* other_boot = "11234567-89ab-cdef-0123-456789abcdef";

const std::chrono::system_clock::time_point now{1'000'000s};
constexpr const char* to_come = "1000001";
constexpr const char* passed = "990000";

/// The id of a process that has ended and was waited for.
int ended_process() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  return child;
}

bool abandoned(const Owner& owner, const std::string& deadline) {
  return is_abandoned({{owner_label, owner.text()}, {deadline_label, deadline}}, Owner::self(),
                      now);
}

} // namespace

TEST_CASE("an owner is what its text says") {
  const Owner owner{boot, 4026531836, 4711, 18446744073709551615U};
  CHECK(owner.text() == std::string(boot) + "/4026531836/4711/18446744073709551615");
  CHECK(parse_owner(owner.text()) == owner);
  CHECK(parse_owner(Owner::self().text()) == Owner::self());
}

TEST_CASE("what is not exactly an owner's text is nobody's") {
  const std::string id(boot);
  for (const std::string& text : {std::string(),
                                  id,
                                  id + "/",
                                  id + "/1/2",
                                  id + "/1/2/",
                                  id + "/1/2/3/",
                                  id + "/1/2/3/4",
                                  id + "/1/2/3 ",
                                  " " + id + "/1/2/3",
                                  id + "/1/0/3",
                                  id + "/1/-2/3",
                                  id + "/-1/2/3",
                                  id + "/1/+2/3",
                                  id + "/0x1/2/3",
                                  id + "/1/2/18446744073709551616",
                                  id + "/1/2147483648/3",
                                  id + "/1/02/3",
                                  id + "/1//3",
                                  id.substr(1) + "/1/2/3",
                                  id + "0/1/2/3",
                                  std::string(36, '/') + "/1/2/3",
                                  std::string(36, '\0') + "/1/2/3",
                                  id + "/1/2/3" + std::string(1, '\0')}) {
    INFO(text);
    CHECK_FALSE(parse_owner(text).has_value());
  }
}

TEST_CASE("a process may be called what it likes, its start is read all the same") {
  const std::string fields = " S 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 ";
  CHECK(parse_start_time("4711 (a)" + fields + "99 1 1\n") == 99);
  CHECK(parse_start_time("4711 (a) b (c)) S 9)" + fields + "99") == 99);
  for (const std::string& stat :
       {std::string(), std::string("4711 (a"), "4711 (a)" + fields, "4711 (a)" + fields + "-1",
        "4711 (a)" + fields + "9x", "4711 (a)" + fields + "18446744073709551616"}) {
    INFO(stat);
    CHECK_FALSE(parse_start_time(stat).has_value());
  }
}

TEST_CASE("labels are this process's and tell the end of life") {
  const auto labels = make_labels(1h);
  REQUIRE(labels.size() == 2);
  CHECK(parse_owner(labels.at(owner_label)) == Owner::self());
  const std::chrono::seconds left = std::chrono::seconds(std::stoll(labels.at(deadline_label))) -
                                    std::chrono::duration_cast<std::chrono::seconds>(
                                        std::chrono::system_clock::now().time_since_epoch());
  CHECK(left > 59min);
  CHECK(left <= 1h);
}

TEST_CASE("what a living process owns is not abandoned before its deadline") {
  CHECK_FALSE(abandoned(Owner::self(), to_come));
  CHECK_FALSE(abandoned(Owner::self(), "1000000"));
  CHECK_FALSE(abandoned(Owner::self(), "9223372036854775807"));
  CHECK(abandoned(Owner::self(), passed));
}

TEST_CASE("what a process that is gone owned is abandoned") {
  Owner gone = Owner::self();
  gone.pid = ended_process();
  CHECK(abandoned(gone, to_come));
  Owner reused = Owner::self();
  reused.start_time += 1;
  CHECK(abandoned(reused, to_come));
}

TEST_CASE("of owners that cannot be seen from here only the deadline tells") {
  Owner elsewhere = Owner::self();
  elsewhere.pid = ended_process();
  elsewhere.boot_id = other_boot;
  CHECK_FALSE(abandoned(elsewhere, to_come));
  CHECK(abandoned(elsewhere, passed));
  Owner inside = Owner::self();
  inside.pid = ended_process();
  inside.pid_namespace += 1;
  CHECK_FALSE(abandoned(inside, to_come));
  CHECK(abandoned(inside, passed));
}

TEST_CASE("labels that are missing or malformed are somebody else's") {
  const Owner self = Owner::self();
  Owner gone = self;
  gone.pid = ended_process();
  CHECK_FALSE(is_abandoned({}, self, now));
  CHECK_FALSE(is_abandoned({{owner_label, gone.text()}}, self, now));
  CHECK_FALSE(is_abandoned({{deadline_label, passed}}, self, now));
  CHECK_FALSE(is_abandoned({{owner_label, "me"}, {deadline_label, passed}}, self, now));
  for (const char* deadline :
       {"", "soon", "1.5", "999999s", " 999999", "9223372036854775808", "-9223372036854775808"}) {
    INFO(deadline);
    CHECK_FALSE(abandoned(gone, deadline));
  }
}
