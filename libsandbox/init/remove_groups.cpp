// SPDX-License-Identifier: Apache-2.0
#include "remove_groups.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>

namespace sandbox::init {
namespace {

/// Removes the groups below `directory`: our trees are two levels deep at most.
void remove_children(int directory, int depth) noexcept {
  const int copy = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* entries = copy >= 0 ? ::fdopendir(copy) : nullptr;
  if (entries == nullptr) {
    return;
  }
  while (const dirent* entry = ::readdir(entries)) {
    if (entry->d_type != DT_DIR || std::strcmp(entry->d_name, ".") == 0 ||
        std::strcmp(entry->d_name, "..") == 0) {
      continue;
    }
    if (depth > 0) {
      const int child =
          ::openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (child >= 0) {
        remove_children(child, depth - 1);
        ::close(child);
      }
    }
    ::unlinkat(directory, entry->d_name, AT_REMOVEDIR);
  }
  ::closedir(entries);
}

} // namespace

void remove_groups(Descriptors& groups, const char* owner) noexcept {
  while (groups.size() >= 2) {
    const int parent = groups.take();
    const int own = groups.take();
    remove_children(own, 1);
    ::unlinkat(parent, owner, AT_REMOVEDIR);
    ::close(own);
    ::close(parent);
  }
}

} // namespace sandbox::init
