// SPDX-License-Identifier: Apache-2.0
#include "native/group_directory.hpp"

#include "os/file.hpp"
#include "os/system_error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace sandbox::native {
namespace {

os::Fd make_directory(int parent, const std::string& name) {
  if (::mkdirat(parent, name.c_str(), 0755) != 0 && errno != EEXIST) {
    os::check(-1, "mkdir", name);
  }
  return os::open_at(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

} // namespace

GroupDirectory::GroupDirectory(int parent, std::string name)
    : parent_(parent), name_(std::move(name)), directory_(make_directory(parent_, name_)) {}

GroupDirectory::GroupDirectory(GroupDirectory&& other) noexcept
    : parent_(other.parent_), name_(std::exchange(other.name_, {})),
      directory_(std::move(other.directory_)), made_here_(other.made_here_) {}

GroupDirectory& GroupDirectory::operator=(GroupDirectory&& other) noexcept {
  if (this != &other) {
    remove();
    parent_ = other.parent_;
    name_ = std::exchange(other.name_, {});
    directory_ = std::move(other.directory_);
    made_here_ = other.made_here_;
  }
  return *this;
}

void GroupDirectory::remove() noexcept {
  directory_.close();
  const std::string name = std::exchange(name_, {});
  if (name.empty() || !made_here_) {
    return;
  }
  // The last process leaves a moment after it has been reaped, and v1 tells nobody when: asks again
  // for a bounded time.
  constexpr int attempts = 50;
  for (int i = 0;
       i < attempts && ::unlinkat(parent_, name.c_str(), AT_REMOVEDIR) != 0 && errno == EBUSY;
       ++i) {
    ::poll(nullptr, 0, 1);
  }
}

os::Fd make_path(const std::string& mount_point, const std::string& path) {
  os::Fd directory = os::open_at(AT_FDCWD, mount_point, O_RDONLY | O_DIRECTORY);
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) {
      directory = make_directory(directory.get(), path.substr(begin, end - begin));
    }
    begin = end + 1;
  }
  return directory;
}

} // namespace sandbox::native
