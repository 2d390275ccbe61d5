// SPDX-License-Identifier: Apache-2.0
#include "native/garbage.hpp"

#include "os/fd.hpp"
#include "os/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>

namespace sandbox::native {
namespace {

namespace fs = std::filesystem;

/// A group this young may be between its making and its locking.
constexpr std::time_t youngest_s = 10;

/// True when nobody holds the owner's lock; `lock` then holds it for us.
bool abandoned(const fs::path& path, os::Fd& lock) {
  lock = os::try_open_at(AT_FDCWD, path.native(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  struct stat about {};
  return lock && ::fstat(lock.get(), &about) == 0 &&
         std::time(nullptr) - about.st_mtime >= youngest_s &&
         ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0;
}

std::vector<fs::path> children(const fs::path& path) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory(error) && !entry->is_symlink(error)) {
      found.push_back(entry->path());
    }
  }
  return found;
}

/// Depth first. Control group trees are shallow: owner, slot, stage.
void remove_tree(const fs::path& path) {
  for (const fs::path& child : children(path)) {
    remove_tree(child);
  }
  ::rmdir(path.c_str());
}

} // namespace

std::vector<Leftover> remove_garbage(const std::vector<std::string>& parents, bool dry_run) {
  std::vector<Leftover> found;
  for (const std::string& parent : parents) {
    for (const fs::path& owner : children(parent)) {
      os::Fd lock;
      if (!abandoned(owner, lock)) {
        continue;
      }
      found.push_back({"cgroup", owner.native()});
      if (!dry_run) {
        remove_tree(owner);
      }
    }
  }
  return found;
}

} // namespace sandbox::native
