// SPDX-License-Identifier: Apache-2.0
#include "native/control_groups.hpp"

#include "os/file.hpp"
#include "os/system_error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

namespace sandbox::native {

std::unique_ptr<ControlGroups> ControlGroups::find(const std::string& parent) {
  const Hierarchies hierarchies = find_hierarchies();
  return hierarchies.v2_in_use ? make_v2(*hierarchies.v2, parent) : make_v1(hierarchies, parent);
}

os::Fd make_directory(int parent, const std::string& name) {
  if (::mkdirat(parent, name.c_str(), 0755) != 0 && errno != EEXIST) {
    os::check(-1, "mkdir", name);
  }
  return os::open_at(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

void remove_directory(int parent, const std::string& name) noexcept {
  constexpr int attempts = 50;
  for (int i = 0;
       i < attempts && ::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno == EBUSY; ++i) {
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

std::uint64_t quota_us(double cores) {
  constexpr double shortest_us = 1000; // the kernel's
  return static_cast<std::uint64_t>(
      std::max(shortest_us, std::round(cores * static_cast<double>(quota_period_us))));
}

} // namespace sandbox::native
