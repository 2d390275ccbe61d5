// SPDX-License-Identifier: Apache-2.0
#include "remove_groups.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sandbox::init {
namespace {

/// For all groups together, so that one that stays does not add its time to the next one's: the
/// application waits for the guard.
constexpr int patience_ms = 4000;

/// The last process of a group leaves it a moment after it has been reaped, and v1 tells nobody
/// when: ask again as long as there is patience.
void remove_group(int directory, const char* name, int& patience) noexcept {
  while (::unlinkat(directory, name, AT_REMOVEDIR) != 0 && errno == EBUSY && patience > 0) {
    ::poll(nullptr, 0, 1);
    --patience;
  }
}

/// Removes the groups below `directory`: our trees are two levels deep at most.
void remove_children(int directory, int depth, int& patience) noexcept {
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
        remove_children(child, depth - 1, patience);
        ::close(child);
      }
    }
    remove_group(directory, entry->d_name, patience);
  }
  ::closedir(entries);
}

} // namespace

void remove_groups(Descriptors& groups, const char* owner) noexcept {
  int patience = patience_ms;
  while (groups.size() >= 2) {
    const int parent = groups.take();
    const int own = groups.take();
    remove_children(own, 1, patience);
    remove_group(parent, owner, patience);
    ::close(own);
    ::close(parent);
  }
}

} // namespace sandbox::init
