// SPDX-License-Identifier: Apache-2.0
#include "log.hpp"

#include <catch2/catch.hpp>

namespace {

using Json = nlohmann::json;

} // namespace

TEST_CASE("the lines about a delivery are kept for its burial, whatever the level of the log") {
  worker::Log log("host:1", "off");
  worker::JobLog lines(log, "a", 2);
  lines.info("handed back");
  lines.warning("host failed", {{"error", "of \"two\"\n lines and a byte \xff"}, {"times", 3}});
  REQUIRE(lines.tail().size() == 2);
  const Json first = Json::parse(lines.tail()[0]);
  CHECK(first["event"] == "handed back");
  CHECK(first.size() == 2);
  const Json second = Json::parse(lines.tail()[1]);
  CHECK(second["error"] == "of \"two\"\n lines and a byte \xef\xbf\xbd");
  CHECK(second["times"] == 3);
  CHECK(second.contains("time"));
}
