// SPDX-License-Identifier: Apache-2.0
#include "native/group_directory.hpp"

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <stdlib.h>

#include <filesystem>
#include <utility>
#include <vector>

namespace fs = std::filesystem;
using sandbox::native::GroupDirectory;

namespace {

class Parent {
 public:
  Parent() : path_(::mkdtemp(name_)), fd_(::open(name_, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}
  Parent(const Parent&) = delete;
  Parent& operator=(const Parent&) = delete;
  ~Parent() { fs::remove_all(path_); }
  int get() const { return fd_.get(); }
  bool has(const char* child) const { return fs::is_directory(path_ / child); }

 private:
  char name_[24]{"/tmp/group.XXXXXX"};
  fs::path path_;
  sandbox::os::Fd fd_;
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

TEST_CASE("a group that cannot be made is an error that names it") {
  const Parent parent;
  CHECK_THROWS_WITH(GroupDirectory(parent.get(), "no/such"), Catch::Contains("no/such"));
}
