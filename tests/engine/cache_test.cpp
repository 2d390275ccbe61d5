// SPDX-License-Identifier: Apache-2.0
//
// An image is a toolchain: what it is called does not say which one it is.
#include "common/backend.hpp"
#include "common/temporary_folder.hpp"
#include "contract/box.hpp"

#include <sandbox/images.hpp>
#include <sandbox/sandbox.hpp>

#include <catch2/catch.hpp>

#include <fstream>

using namespace sandbox;

namespace {

constexpr const char* name = "libsandbox-test/cache";

/// An image of that name, different for each text.
class TestImage {
 public:
  explicit TestImage(const std::string& text) { replace(text); }
  TestImage(const TestImage&) = delete;
  TestImage& operator=(const TestImage&) = delete;
  ~TestImage() {
    try {
      images_.remove(name);
    } catch (const Error& error) {
      WARN(error.what());
    }
  }
  void replace(const std::string& text) {
    const common::TemporaryFolder folder("image");
    std::ofstream(folder / "Dockerfile")
        << "FROM " << common::image() << "\nLABEL text=" << text << "\n";
    images_.build(name, folder / "Dockerfile");
  }

 private:
  Images images_;
};

Recipe recipe() {
  Recipe recipe;
  recipe.id = "copy";
  recipe.source_name = "main.txt";
  recipe.image = name;
  recipe.compile.emplace();
  recipe.compile->argv = {"sh", "-c", "cat main.txt /proc/sys/kernel/random/uuid > program"};
  recipe.compile->limits = default_compile_limits();
  recipe.run.argv = {"cat", "program"};
  return recipe;
}

CacheUse::Outcome outcome(CompileCache& cache, Backend& backend) {
  RunOptions options;
  options.cache = &cache;
  const Report report = Sandbox(backend).run(recipe(), {.files = {{"", "source"}}}, options);
  REQUIRE(report.ok());
  INFO(report.stages[0].cache.detail);
  CHECK(report.stages[0].cache.detail.empty());
  return report.stages[0].cache.outcome;
}

} // namespace

TEST_CASE("cache: another image of the same name is another toolchain") {
  const common::TemporaryFolder folder("cache");
  CompileCache cache({.folder = folder.path()});
  Backend& backend = contract::backend();
  TestImage image("one");
  CHECK(outcome(cache, backend) == CacheUse::Outcome::miss);
  CHECK(outcome(cache, backend) == CacheUse::Outcome::hit);
  image.replace("two");
  CHECK(outcome(cache, backend) == CacheUse::Outcome::miss);
  CHECK(outcome(cache, backend) == CacheUse::Outcome::hit);
  CHECK(outcome(cache, *common::make_backend("docker")) == CacheUse::Outcome::hit);
  image.replace("one");
  CHECK(outcome(cache, backend) == CacheUse::Outcome::hit); // built from the engine's own cache
}
