// SPDX-License-Identifier: Apache-2.0
#include "common/temporary_folder.hpp"
#include "os/file.hpp"

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>

using namespace sandbox;

namespace {

os::Fd make(const std::filesystem::path& path) {
  os::Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  REQUIRE(file);
  return file;
}

} // namespace

TEST_CASE("a file of the kernel's is read to its end, past records that leave a read short") {
  const common::TemporaryFolder folder("file");
  std::filesystem::path deep = folder.path();
  for (int i = 0; i < 15; ++i) {
    deep /= std::string(250, 'd');
  }
  std::filesystem::create_directories(deep);
  const os::Fd file = make(deep / "file"); // a line of nearly 4 KiB in the maps
  const auto page = static_cast<std::size_t>(::getpagesize());
  constexpr std::size_t pages = 64;
  constexpr std::size_t every = 16;
  void* area = ::mmap(nullptr, pages * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(area != MAP_FAILED);
  for (std::size_t i = 0; i < pages; ++i) {
    char* at = static_cast<char*>(area) + i * page;
    if (i % every == 0) {
      REQUIRE(::mmap(at, page, PROT_READ, MAP_PRIVATE | MAP_FIXED, file.get(), 0) == at);
    } else if (i % 2 == 0) { // lines of their own, too
      REQUIRE(::mprotect(at, page, PROT_READ) == 0);
    }
  }
  const std::string maps = os::read_file(AT_FDCWD, "/proc/self/maps");
  ::munmap(area, pages * page);
  CHECK(maps.find("[stack]") != std::string::npos);
}

TEST_CASE("a file that is too large is refused, not cut short") {
  const common::TemporaryFolder folder("file");
  const os::Fd file = make(folder / "file");
  REQUIRE(::ftruncate(file.get(), (16 << 20) + 1) == 0);
  CHECK_THROWS_AS(os::read_file(AT_FDCWD, folder / "file"), Error);
}
