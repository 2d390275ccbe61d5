// SPDX-License-Identifier: Apache-2.0
#include "native/identity.hpp"

#include "os/file.hpp"
#include "os/system_error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <limits>
#include <random>
#include <sstream>

namespace sandbox::native {
namespace {

/// systemd leaves 1879048192 to 2147483647 to nobody (UIDS-GIDS.md, "Summary"); ours begin inside.
constexpr IdRange root_range{1'900'000'000, 4096 * 2 * Identity::max_slots};
constexpr std::uint32_t slice_size = 2 * Identity::max_slots;

/// Binds the abstract socket that stands for a slice of the host ids in `range`.
os::Fd lock_slice(const IdRange& range, std::uint32_t& base) {
  const std::uint32_t slices = range.count / slice_size;
  // Containers that share ids may have network namespaces, and so sockets, of their own: they must
  // not all begin with the same slice.
  const std::uint32_t begin = std::random_device()();
  for (std::uint32_t i = 0; i < slices; ++i) {
    const std::uint32_t slice = (begin % slices + i) % slices;
    base = range.first + slice * slice_size;
    os::Fd socket(os::check(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = fmt::format("libsandbox-ids-{}", base);
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0) {
      return socket;
    }
    if (errno != EADDRINUSE) {
      os::check(-1, "bind", name);
    }
  }
  throw Error(ErrorCode::resource, "user ids", "every range of user ids for boxes is in use");
}

std::string user_name() {
  passwd entry{};
  passwd* found = nullptr;
  char buffer[4096];
  const int error = ::getpwuid_r(::getuid(), &entry, buffer, sizeof buffer, &found);
  return error == 0 && found != nullptr ? std::string(found->pw_name) : std::string();
}

std::string find_command(const char* name) {
  for (const char* directory : {"/usr/bin/", "/bin/", "/usr/local/bin/"}) {
    std::string path = std::string(directory) + name;
    if (::access(path.c_str(), X_OK) == 0) {
      return path;
    }
  }
  return {};
}

std::optional<IdRange> subordinate_ids(const char* file) {
  const os::Fd opened = os::try_open_at(AT_FDCWD, file, O_RDONLY);
  return opened ? parse_subordinate_ids(os::read_fd(opened.get()), user_name(), ::getuid())
                : std::nullopt;
}

/// 0 is the application's own id, 1 and up the subordinate ones.
std::vector<std::string> map_command(const std::string& command, std::uint32_t own,
                                     const IdRange& range) {
  return {command,
          "0",
          std::to_string(own),
          "1",
          "1",
          std::to_string(range.first),
          std::to_string(range.count)};
}

bool next_number(std::string_view& text, std::uint32_t& value) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

/// Ids have 32 bits, and the highest is nobody's.
bool is_range(std::uint32_t first, std::uint32_t count) {
  return count <= std::numeric_limits<std::uint32_t>::max() - first;
}

/// True outside of every user namespace but the first (user_namespaces(7)).
bool maps_all_ids(std::string_view uid_map) {
  std::uint32_t inside = 1;
  std::uint32_t outside = 1;
  std::uint32_t count = 0;
  return next_number(uid_map, inside) && next_number(uid_map, outside) &&
         next_number(uid_map, count) && inside == 0 && outside == 0 && count == 0xFFFFFFFF;
}

} // namespace

Identity Identity::choose() {
  Identity identity;
  if (::geteuid() == 0) {
    const std::string uid_map = os::read_file(AT_FDCWD, "/proc/self/uid_map");
    const auto range = parse_own_ids(uid_map, root_range);
    if (range && range->count >= slice_size) {
      identity.kind_ = wire::Identity::root;
      identity.is_host_root_ = maps_all_ids(uid_map);
      identity.lock_ = lock_slice(*range, identity.base_);
      return identity;
    }
  }
  const auto uids = subordinate_ids("/etc/subuid");
  const auto gids = subordinate_ids("/etc/subgid");
  const std::string newuidmap = find_command("newuidmap");
  const std::string newgidmap = find_command("newgidmap");
  if (uids && gids && uids->count >= slice_size && gids->count >= slice_size &&
      !newuidmap.empty() && !newgidmap.empty()) {
    identity.kind_ = wire::Identity::subuids;
    identity.base_ = 1;
    identity.lock_ =
        lock_slice({uids->first, std::min(uids->count, gids->count)}, identity.first_host_id_);
    const std::uint32_t first_gid = gids->first + (identity.first_host_id_ - uids->first);
    identity.uid_map_command_ =
        map_command(newuidmap, ::geteuid(), {identity.first_host_id_, slice_size});
    identity.gid_map_command_ = map_command(newgidmap, ::getegid(), {first_gid, slice_size});
  }
  return identity;
}

SlotIds Identity::slot(unsigned number) const noexcept {
  if (kind_ == wire::Identity::single) {
    return {0, 0};
  }
  const std::uint32_t first = base_ + 2 * number;
  return {first, first + 1};
}

std::uint32_t Identity::host_init_uid(unsigned number) const noexcept {
  switch (kind_) {
  case wire::Identity::root:
    return slot(number).init;
  case wire::Identity::subuids:
    return first_host_id_ + slot(number).init - base_;
  case wire::Identity::single:
    break;
  }
  return ::geteuid();
}

std::optional<IdRange> parse_subordinate_ids(std::string_view text, std::string_view user,
                                             std::uint32_t uid) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) {
      continue;
    }
    const std::string_view owner(line.data(), first);
    std::string_view begin(line.data() + first + 1, second - first - 1);
    std::string_view count(line.data() + second + 1, line.size() - second - 1);
    IdRange range;
    if ((owner == user || owner == std::to_string(uid)) && next_number(begin, range.first) &&
        next_number(count, range.count) && is_range(range.first, range.count)) {
      return range;
    }
  }
  return std::nullopt;
}

std::optional<IdRange> parse_own_ids(std::string_view uid_map, IdRange wanted) {
  std::optional<IdRange> largest;
  std::istringstream lines{std::string(uid_map)};
  for (std::string line; std::getline(lines, line);) {
    std::string_view rest = line;
    std::uint32_t inside = 0;
    std::uint32_t outside = 0;
    std::uint32_t count = 0;
    if (!next_number(rest, inside) || !next_number(rest, outside) || !next_number(rest, count) ||
        !is_range(inside, count)) {
      continue;
    }
    const std::uint64_t end = std::uint64_t{inside} + count;
    if (inside <= wanted.first && end >= std::uint64_t{wanted.first} + wanted.count) {
      return wanted;
    }
    // In a container of its own user namespace: the upper half, away from the ids of the
    // container's own users.
    const IdRange upper{inside + count / 2, count / 2};
    if (!largest || upper.count > largest->count) {
      largest = upper;
    }
  }
  return largest;
}

} // namespace sandbox::native
