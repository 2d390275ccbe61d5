// SPDX-License-Identifier: Apache-2.0
#include "tree.hpp"

#include "os/fd.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstring>

namespace sandbox::init {
namespace {

constexpr const char* staging = "/tmp";
constexpr std::size_t max_binds = 256;

int sources[max_binds];

const char* next_text(const char* text) noexcept {
  return text + std::strlen(text) + 1;
}

/// Clones every source before the staging mount can hide one. Read-only is set on the clone, before
/// it has a place, and on everything mounted below it.
Outcome open_sources(const wire::SetUp& set_up) noexcept {
  if (set_up.binds.count % 2 != 0 || set_up.binds.count / 2 > max_binds) {
    return {"bind", "too many paths", E2BIG};
  }
  const unsigned follow =
      set_up.follow_links != 0 ? 0U : static_cast<unsigned>(AT_SYMLINK_NOFOLLOW);
  const char* source = set_up.binds.packed.data();
  for (std::uint32_t i = 0; i < set_up.binds.count / 2; ++i) {
    const long tree = ::syscall(SYS_open_tree, AT_FDCWD, source,
                                OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
                                    static_cast<unsigned>(AT_RECURSIVE) | follow);
    if (tree < 0) {
      return check(tree, "open_tree", source);
    }
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    attributes.propagation = MS_PRIVATE;
    if (::syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
                  sizeof attributes) != 0) {
      return check(-1, "mount_setattr", source);
    }
    sources[i] = static_cast<int>(tree);
    source = next_text(next_text(source));
  }
  return {};
}

/// Makes the directories above `path`, which is absolute; the root is the current directory.
Outcome make_parents(const char* path) noexcept {
  char part[PATH_MAX];
  for (const char* slash = std::strchr(path + 1, '/'); slash != nullptr;
       slash = std::strchr(slash + 1, '/')) {
    const auto length = static_cast<std::size_t>(slash - path - 1);
    if (length >= sizeof part) {
      return {"mkdir", path, ENAMETOOLONG};
    }
    std::memcpy(part, path + 1, length);
    part[length] = '\0';
    if (::mkdir(part, 0755) != 0 && errno != EEXIST) {
      return check(-1, "mkdir", path);
    }
  }
  return {};
}

Outcome place(int tree, const char* target) noexcept {
  struct stat about {};
  if (::fstat(tree, &about) != 0) {
    return check(-1, "fstat", target);
  }
  Outcome outcome = make_parents(target);
  if (outcome.failed()) {
    return outcome;
  }
  const char* relative = target + 1;
  if (S_ISDIR(about.st_mode)) {
    if (::mkdir(relative, 0755) != 0 && errno != EEXIST) {
      return check(-1, "mkdir", target);
    }
  } else {
    const int file = ::open(relative, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0444);
    if (file < 0) {
      return check(-1, "create", target);
    }
    ::close(file);
  }
  return check(::syscall(SYS_move_mount, tree, "", AT_FDCWD, relative, MOVE_MOUNT_F_EMPTY_PATH),
               "move_mount", target);
}

Outcome place_sources(const wire::SetUp& set_up) noexcept {
  const char* source = set_up.binds.packed.data();
  for (std::uint32_t i = 0; i < set_up.binds.count / 2; ++i) {
    const char* target = next_text(source);
    const Outcome outcome = place(sources[i], target);
    if (outcome.failed()) {
      return outcome;
    }
    ::close(sources[i]);
    source = next_text(target);
  }
  return {};
}

Outcome make_links(const wire::TextList& links) noexcept {
  const char* name = links.packed.data();
  for (std::uint32_t i = 0; i < links.count / 2; ++i) {
    const char* target = next_text(name);
    if (::symlink(target, name + 1) != 0) {
      return check(-1, "symlink", name);
    }
    name = next_text(target);
  }
  return {};
}

Outcome make_texts(const wire::TextList& texts) noexcept {
  const char* path = texts.packed.data();
  for (std::uint32_t i = 0; i < texts.count / 2; ++i) {
    const char* content = next_text(path);
    const Outcome outcome = make_parents(path);
    if (outcome.failed()) {
      return outcome;
    }
    const int file = ::open(path + 1, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
    if (file < 0) {
      return check(-1, "create", path);
    }
    const auto length = std::strlen(content);
    const long written = ::write(file, content, length);
    ::close(file);
    if (written != static_cast<long>(length)) {
      return {"write", path, written < 0 ? errno : ENOSPC};
    }
    path = next_text(content);
  }
  return {};
}

struct Device {
  const char* name;
  unsigned minor;
};

constexpr Device devices[] = {{"null", 3}, {"zero", 5}, {"full", 7}, {"random", 8}, {"urandom", 9}};

/// The host's device, after making sure that it is the one meant.
Outcome clone_device(const Device& device, os::Fd& tree) noexcept {
  char path[32];
  std::snprintf(path, sizeof path, "/dev/%s", device.name);
  tree = os::Fd(static_cast<int>(
      ::syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  if (!tree) {
    return check(-1, "open_tree", device.name);
  }
  struct stat about {};
  if (::fstat(tree.get(), &about) != 0 || !S_ISCHR(about.st_mode) ||
      about.st_rdev != makedev(1, device.minor)) {
    return {"verify device", device.name, ENODEV};
  }
  mount_attr attributes{};
  // The device can still be written to, but not its times, which are the host's.
  attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
  attributes.propagation = MS_PRIVATE;
  return check(
      ::syscall(SYS_mount_setattr, tree.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes),
      "mount_setattr", device.name);
}

/// Not even root may make one in a user namespace, nor in a container without CAP_MKNOD.
Outcome make_device(const Device& device) noexcept {
  char path[32];
  std::snprintf(path, sizeof path, "/dev/%s", device.name);
  if (::mknod(path + 1, S_IFCHR | 0666, makedev(1, device.minor)) == 0) {
    return {};
  }
  if (errno != EPERM) {
    return check(-1, "mknod", device.name);
  }
  os::Fd tree;
  return in_order([&] { return clone_device(device, tree); },
                  [&] { return place(tree.get(), path); });
}

Outcome make_devices() noexcept {
  if (::mkdir("dev", 0755) != 0) {
    return check(-1, "mkdir", "/dev");
  }
  for (const Device& device : devices) {
    const Outcome outcome = make_device(device);
    if (outcome.failed()) {
      return outcome;
    }
  }
  constexpr const char* links[][2] = {{"/proc/self/fd", "dev/fd"},
                                      {"/proc/self/fd/0", "dev/stdin"},
                                      {"/proc/self/fd/1", "dev/stdout"},
                                      {"/proc/self/fd/2", "dev/stderr"},
                                      {"/tmp", "dev/shm"}};
  for (const auto& link : links) {
    if (::symlink(link[0], link[1]) != 0) {
      return check(-1, "symlink", link[1]);
    }
  }
  return {};
}

Outcome make_mount_points() noexcept {
  for (const char* path : {"proc", "box", "tmp"}) {
    if (::mkdir(path, 0755) != 0 && errno != EEXIST) {
      return check(-1, "mkdir", path);
    }
  }
  // A user namespace may mount a /proc of its own only where it can see a whole one already
  // (mount_too_revealing in fs/namespace.c): this one, which shows nobody but the launcher and its
  // slots, lies below each box's.
  return check(::mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr), "mount",
               "/proc");
}

/// Above the root of programs there is one more, which the launcher keeps and slots leave: where an
/// init has room for mounts that no program can name or see.
Outcome make_above() noexcept {
  return in_order(
      [] {
        return check(
            ::mount("sandbox", staging, "tmpfs", MS_NOSUID, "mode=0755,size=4k,nr_inodes=8"),
            "mount", "above the root");
      },
      [] { return check(::chdir(staging), "chdir", staging); },
      [] { return check(::mkdir("past", 0755), "mkdir", "past"); },
      [] { return check(::mkdir("root", 0755), "mkdir", "root"); },
      [] { return check(::symlink("root/proc", "proc"), "symlink", "proc"); });
}

Outcome make_read_only(const char* path) noexcept {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  return check(::syscall(SYS_mount_setattr, AT_FDCWD, path, 0, &attributes, sizeof attributes),
               "mount_setattr", path);
}

Outcome pivot() noexcept {
  if (::chdir("..") != 0) {
    return check(-1, "chdir", "above the root");
  }
  if (::syscall(SYS_pivot_root, ".", ".") != 0) {
    return check(-1, "pivot_root");
  }
  if (::umount2(".", MNT_DETACH) != 0) {
    return check(-1, "umount", "old root");
  }
  if (::chdir("/") != 0) {
    return check(-1, "chdir", "/");
  }
  const Outcome outcome =
      in_order([] { return make_read_only("/root"); }, [] { return make_read_only("/"); });
  if (outcome.failed()) {
    return outcome;
  }
  // A directory outside the tree as working directory would be a way out (CVE-2024-21626).
  char where[PATH_MAX];
  const long length = ::syscall(SYS_getcwd, where, sizeof where);
  return length == 2 && where[0] == '/' ? Outcome{} : Outcome{"verify root", "/", EXDEV};
}

} // namespace

Outcome enter_tree(const wire::SetUp& set_up) noexcept {
  ::umask(0);
  const Outcome outcome = in_order(
      [] {
        return check(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make private",
                     "/");
      },
      [&] { return open_sources(set_up); }, [] { return make_above(); },
      [] {
        return check(
            ::mount("sandbox", "root", "tmpfs", MS_NOSUID, "mode=0755,size=4m,nr_inodes=4096"),
            "mount", "root tmpfs");
      },
      [] { return check(::chdir("root"), "chdir", "root"); }, [] { return make_devices(); },
      [&] { return place_sources(set_up); }, [&] { return make_links(set_up.links); },
      [&] { return make_texts(set_up.texts); }, [] { return make_mount_points(); },
      [] { return pivot(); });
  ::umask(022);
  return outcome;
}

} // namespace sandbox::init
