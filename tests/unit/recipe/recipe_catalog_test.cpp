// SPDX-License-Identifier: Apache-2.0
#include "common/temporary_folder.hpp"

#include <sandbox/error.hpp>
#include <sandbox/recipe_catalog.hpp>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace sandbox;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  const fs::path& path() const { return folder_.path(); }
  void add(const std::string& file, const std::string& id, const std::string& more) const {
    std::ofstream(folder_ / file) << "schema: 1\nid: " << id << "\ntitle: T\nsource: main\n"
                                  << "run: {argv: [x]}\n"
                                  << more << "\n";
  }

 private:
  common::TemporaryFolder folder_{"catalog"};
};

} // namespace

TEST_CASE("a catalogue holds the folder's yaml files, sorted by id") {
  const Folder folder;
  folder.add("1.yaml", "b", "dockerfile: b.Dockerfile");
  folder.add("2.yaml", "a", "");
  folder.add("notes.txt", "c", "");
  const RecipeCatalog catalog = RecipeCatalog::load(folder.path());
  REQUIRE(catalog.recipes().size() == 2);
  CHECK(catalog.recipes().front().id == "a");
  CHECK(catalog.at("b").dockerfile == folder.path() / "b.Dockerfile");
  CHECK(catalog.at("b").origin == folder.path() / "1.yaml");
}

TEST_CASE("two recipes cannot share an id, an alias or an extension") {
  const Folder folder;
  folder.add("1.yaml", "a", "aliases: [n]\nextensions: [e]");
  const auto [id, more] = GENERATE(table<std::string, std::string>({
      {"a", ""},
      {"n", ""},
      {"b", "aliases: [a]"},
      {"b", "aliases: [n]"},
      {"b", "extensions: [e]"},
  }));
  folder.add("2.yaml", id, more);
  CHECK_THROWS_AS(RecipeCatalog::load(folder.path()), ConfigError);
}

TEST_CASE("a recipe's mistake is told with the file's path") {
  const Folder folder;
  folder.add("1.yaml", "a", "speed: 3");
  CHECK_THROWS_WITH(RecipeCatalog::load(folder.path()),
                    Catch::StartsWith((folder.path() / "1.yaml").native() + ":6:1: "));
}

TEST_CASE("a folder that is not there is not found") {
  const Folder folder;
  try {
    RecipeCatalog::load(folder.path() / "none");
    FAIL("was read");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::not_found);
  }
}
