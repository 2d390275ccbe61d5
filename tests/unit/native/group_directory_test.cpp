// SPDX-License-Identifier: Apache-2.0
#include "common/temporary_folder.hpp"
#include "native/group_directory.hpp"

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>

#include <filesystem>
#include <utility>
#include <vector>

namespace fs = std::filesystem;
using sandbox::native::GroupDirectory;

namespace {

class Parent {
 public:
  int get() const { return fd_.get(); }
  bool has(const char* child) const { return fs::is_directory(folder_ / child); }

 private:
  common::TemporaryFolder folder_{"group"};
  sandbox::os::Fd fd_{::open(folder_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
};

} // namespace

TEST_CASE("a group is removed by its last owner, once") {
  const Parent parent;
  {
    GroupDirectory group(parent.get(), "a");
    REQUIRE(parent.has("a"));
    GroupDirectory next(std::move(group));
    CHECK(parent.has("a"));
    std::vector<GroupDirectory> many;
    many.push_back(std::move(next));
    many.emplace_back(parent.get(), "b");
    many.emplace_back(parent.get(), "c");
    CHECK((parent.has("a") && parent.has("b") && parent.has("c")));
  }
  CHECK_FALSE((parent.has("a") || parent.has("b") || parent.has("c")));
}

TEST_CASE("a group that takes another's place removes what it owned") {
  const Parent parent;
  GroupDirectory group(parent.get(), "old");
  group = GroupDirectory(parent.get(), "new");
  CHECK_FALSE(parent.has("old"));
  CHECK(parent.has("new"));
}

TEST_CASE("a group without a descriptor is removed all the same") {
  const Parent parent;
  {
    GroupDirectory group(parent.get(), "a");
    group.close();
    CHECK(group.get() == -1);
    const GroupDirectory next(std::move(group));
    CHECK(parent.has("a"));
  }
  CHECK_FALSE(parent.has("a"));
}

TEST_CASE("a group that cannot be made is an error that names it") {
  const Parent parent;
  CHECK_THROWS_WITH(GroupDirectory(parent.get(), "no/such"), Catch::Contains("no/such"));
}
