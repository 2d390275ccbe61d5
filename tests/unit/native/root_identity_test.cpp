// SPDX-License-Identifier: Apache-2.0
#include "common/temporary_folder.hpp"
#include "native/root_identity.hpp"

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

using namespace sandbox;
using namespace sandbox::native;

namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::trunc) << text;
}

/// A root file system with a compiler in it.
class Root {
 public:
  Root() {
    fs::create_directories(path() / "usr/bin");
    fs::create_directories(path() / "usr/lib/deep/er");
    write(compiler(), "one");
    fs::create_symlink("usr/lib", path() / "lib");
  }
  fs::path path() const { return folder_ / "root"; }
  fs::path compiler() const { return path() / "usr/lib/deep/er/compiler"; }
  TreePlan plan() const {
    Environment environment;
    environment.rootfs = path();
    return plan_tree(environment);
  }

 private:
  common::TemporaryFolder folder_{"root"};
};

/// As a backend that starts now would have it.
std::string text_of(const Root& root) {
  RootIdentity identity(root.plan());
  identity.launcher_is_ready();
  return identity.text();
}

} // namespace

TEST_CASE("a root that nobody touches is the same one, in each backend") {
  const Root root;
  CHECK(text_of(root) == text_of(root));
}

TEST_CASE("a file changed in place makes another root, whatever its size and times") {
  const Root root;
  RootIdentity identity(root.plan());
  const std::string before = identity.text();
  struct stat about {};
  REQUIRE(::stat(root.compiler().c_str(), &about) == 0);
  write(root.compiler(), "two"); // as long
  const timespec times[] = {about.st_atim, about.st_mtim};
  REQUIRE(::utimensat(AT_FDCWD, root.compiler().c_str(), times, 0) == 0);
  CHECK(identity.text() != before);
}

TEST_CASE("two changes within a tick of the clock are two") {
  const Root root;
  RootIdentity identity(root.plan());
  for (int i = 0; i < 20; ++i) {
    write(root.compiler(), "a");
    const std::string first = identity.text();
    write(root.compiler(), "b");
    CHECK(identity.text() != first);
  }
}

TEST_CASE("files that come, go, or get another mode or name make another root") {
  const Root root;
  RootIdentity identity(root.plan());
  const fs::path extra = root.path() / "usr/lib/extra";
  std::string last = identity.text();
  const auto changed = [&] {
    const std::string now = identity.text();
    return std::exchange(last, now) != now;
  };
  CHECK_FALSE(changed());
  write(extra, "");
  CHECK(changed());
  ::chmod(extra.c_str(), 0700);
  CHECK(changed());
  fs::rename(extra, root.path() / "usr/lib/other");
  CHECK(changed());
  fs::remove(root.path() / "usr/lib/other");
  CHECK(changed());
  fs::create_symlink("a", root.path() / "usr/bin/link");
  CHECK(changed());
}

TEST_CASE("what is described is what was opened, not what took its place") {
  const Root root;
  RootIdentity held(root.plan());
  held.launcher_is_ready();
  const std::string before = held.text();
  fs::rename(root.path(), root.path().native() + ".old");
  fs::create_directories(root.path() / "usr/lib/deep/er");
  write(root.compiler(), "another");
  CHECK(held.text() == before); // the launcher shows the old one still
  CHECK(text_of(root) != before);
  write(root.path().native() + ".old/usr/lib/deep/er/compiler", "changed");
  CHECK(held.text() != before);
}

TEST_CASE("a root that was replaced while the launcher opened it is not described") {
  const Root root;
  RootIdentity identity(root.plan());
  fs::rename(root.path(), root.path().native() + ".old");
  fs::create_directories(root.path() / "usr");
  identity.launcher_is_ready();
  CHECK_THROWS_AS(identity.text(), Error);
}

TEST_CASE("a source that is not there is told of when it is asked for") {
  TreePlan plan;
  plan.binds = {{"/no/such/folder", "/usr"}};
  RootIdentity identity(plan);
  CHECK_THROWS_AS(identity.text(), Error);
}

TEST_CASE("the host's toolchains are described, in a time that a run can bear") {
  RootIdentity identity(plan_tree({}));
  CHECK(identity.text() == identity.text());
}

TEST_CASE("what is mounted in the host's packages is looked at in full, and is another root") {
  const common::TemporaryFolder folder("packages");
  fs::create_directories(folder / "usr/lib/jvm/x");
  const fs::path tools = folder / "tools";
  fs::create_directories(tools / "a/b/c");
  TreePlan plan;
  plan.binds = {{folder.path() / "usr", "/usr"}};
  const pid_t child = ::fork(); // mounts of its own
  if (child == 0) {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      ::_exit(0); // not possible here
    }
    try {
      RootIdentity without(plan);
      const std::string before = without.text();
      const fs::path place = folder / "usr/lib/jvm/x";
      bool right = ::mount(tools.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) == 0;
      try {
        without.text();
        right = false;
      } catch (const Error&) {
      }
      RootIdentity with(plan);
      const std::string mounted = with.text();
      right = right && mounted != before && with.text() == mounted;
      write(tools / "a/b/c/compiler", "x");
      right = right && with.text() != mounted;
      ::_exit(right ? 0 : 1);
    } catch (...) {
      ::_exit(2);
    }
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("extra paths in what is shown anyway are looked at in full, past links to them") {
  const common::TemporaryFolder folder("extra");
  fs::create_directories(folder / "usr/a/b/c/d");
  fs::create_directory_symlink("usr/a", folder / "link");
  TreePlan plan;
  plan.binds = {{folder.path() / "usr/a/b", "/usr"}};
  plan.covered = {folder.path() / "link/b/c"};
  RootIdentity identity(plan);
  const std::string before = identity.text();
  CHECK(identity.text() == before);
  write(folder / "usr/a/b/c/d/file", "x");
  CHECK(identity.text() != before);
  fs::remove(folder / "link");
  fs::create_directory_symlink("usr", folder / "link");
  CHECK_THROWS_AS(identity.text(), Error);
}

TEST_CASE(
    "a folder that programs may search and we cannot list makes the root one of no identity") {
  if (::geteuid() == 0) {
    return; // root lists all
  }
  const Root root;
  RootIdentity identity(root.plan());
  ::chmod((root.path() / "usr/lib/deep").c_str(), 0311);
  CHECK_THROWS_AS(identity.text(), Error);
  ::chmod((root.path() / "usr/lib/deep").c_str(), 0700);
}

TEST_CASE("records of files hold until one of them is changed") {
  const Root root;
  FileRecords records;
  records.add_file(AT_FDCWD, root.compiler());
  CHECK(records.still_hold());
  CHECK(records.newest_change().tv_sec > 0);
  write(root.compiler(), "longer");
  CHECK_FALSE(records.still_hold());
}

TEST_CASE("what was not there is told of when it comes") {
  const Root root;
  FileRecords records;
  records.add_file(AT_FDCWD, root.path() / "other");
  CHECK(records.still_hold());
  write(root.path() / "other", "x");
  CHECK_FALSE(records.still_hold());
}
