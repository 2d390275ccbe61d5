// SPDX-License-Identifier: Apache-2.0
#include "common/temporary_folder.hpp"
#include "native/tree_plan.hpp"

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

using namespace sandbox;
namespace fs = std::filesystem;

namespace {

bool binds(const native::TreePlan& plan, const std::string& place) {
  return std::any_of(plan.binds.begin(), plan.binds.end(),
                     [&](const auto& bind) { return bind.second == place; });
}

} // namespace

TEST_CASE("the host's toolchains are shown, nothing of its homes or secrets") {
  const auto plan = native::plan_tree({});
  CHECK(binds(plan, "/usr"));
  for (const char* place :
       {"/root", "/home", "/etc", "/etc/shadow", "/var", "/run", "/proc", "/sys", "/"}) {
    CHECK_FALSE(binds(plan, place));
  }
}

TEST_CASE("extra paths below what is shown already are not shown twice") {
  Environment environment;
  environment.extra_paths = {"/usr/lib", "/var/lib", "/var/lib/dpkg"};
  const auto plan = native::plan_tree(environment);
  CHECK_FALSE(binds(plan, "/usr/lib"));
  CHECK(binds(plan, "/var/lib"));
  CHECK_FALSE(binds(plan, "/var/lib/dpkg"));
}

TEST_CASE("extra paths that cannot be meant are refused") {
  const fs::path path = GENERATE("/", "relative", "/does/not/exist", "/..");
  Environment environment;
  environment.extra_paths = {path};
  CHECK_THROWS_AS(native::plan_tree(environment), Error);
}

TEST_CASE("of a rootfs only plain entries are shown; its /proc, /dev and /box are not looked at") {
  const common::TemporaryFolder folder("rootfs");
  const fs::path& root = folder.path();
  fs::create_directories(root / "usr/bin");
  fs::create_directory_symlink("usr/bin", root / "bin");
  fs::create_directory_symlink("/etc", root / "proc");
  fs::create_directory_symlink("/etc", root / "dev");
  Environment environment;
  environment.rootfs = root;
  const auto plan = native::plan_tree(environment);
  CHECK_FALSE(plan.follow_links);
  CHECK(plan.binds.size() == 1);
  REQUIRE(plan.links.size() == 1);
  CHECK(plan.links.front().first == "/bin");
}
