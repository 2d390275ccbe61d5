// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstring>

namespace sandbox::init {
namespace {

/// Copies the next component of `path` and takes it off; false for one that is empty, `.`, `..` or
/// too long.
bool next_component(std::string_view& path, char (&name)[NAME_MAX + 1], bool& last) noexcept {
  const std::size_t slash = path.find('/');
  const std::string_view component = path.substr(0, slash);
  last = slash == std::string_view::npos;
  path = last ? std::string_view{} : path.substr(slash + 1);
  if (component.empty() || component == "." || component == ".." || component.size() > NAME_MAX) {
    return false;
  }
  std::memcpy(name, component.data(), component.size());
  name[component.size()] = '\0';
  return true;
}

/// Walks to the directory that holds the last component of `path`, never through a link.
Outcome walk(std::string_view path, bool make_directories, os::Fd& directory,
             char (&name)[NAME_MAX + 1]) noexcept {
  directory = os::Fd(::open("/box", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) {
    return check(-1, "open", "/box");
  }
  for (;;) {
    bool last = false;
    if (!next_component(path, name, last)) {
      return {"open", "path", EINVAL};
    }
    if (last) {
      return {};
    }
    if (make_directories && ::mkdirat(directory.get(), name, 0755) != 0 && errno != EEXIST) {
      return check(-1, "mkdir");
    }
    os::Fd next(::openat(directory.get(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next) {
      return check(-1, "open");
    }
    directory = std::move(next);
  }
}

} // namespace

void Incoming::begin(const wire::PutFile& request) noexcept {
  left_ = request.size;
  const std::size_t shown = std::min(request.path.size(), sizeof subject_ - 1);
  if (!failure_.failed()) {
    std::memcpy(subject_, request.path.data(), shown);
    subject_[shown] = '\0';
  }
  os::Fd directory;
  char name[NAME_MAX + 1];
  Outcome outcome = walk(request.path, true, directory, name);
  if (!outcome.failed()) {
    const mode_t mode = request.executable != 0 ? 0755 : 0644;
    // O_NONBLOCK: a FIFO that a program left in the way must not hold us up.
    file_ =
        os::Fd(::openat(directory.get(), name,
                        O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode));
    outcome = check(file_.get(), "open");
  }
  struct stat about {};
  if (!outcome.failed()) {
    outcome = check(::fstat(file_.get(), &about), "fstat");
  }
  if (!outcome.failed() && !S_ISREG(about.st_mode)) {
    outcome = {"open", "", EINVAL};
  }
  if (outcome.failed()) {
    fail(outcome);
  } else if (left_ == 0) {
    file_.close();
  }
}

bool Incoming::data(std::string_view bytes) noexcept {
  if (bytes.size() > left_) {
    return false;
  }
  left_ -= bytes.size();
  while (file_ && !bytes.empty()) {
    const long written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0) {
      fail(check(-1, "write"));
      break;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (left_ == 0) {
    file_.close();
  }
  return true;
}

void Incoming::fail(const Outcome& outcome) noexcept {
  file_.close();
  if (!failure_.failed()) {
    failure_ = outcome;
    failure_.subject = subject_;
  }
}

Outcome Incoming::take_failure() noexcept {
  return std::exchange(failure_, {});
}

wire::Failure file_failure(int error) noexcept {
  switch (error) {
  case ENOSPC:
  case EDQUOT:
  case ENOMEM:
  case EMFILE:
  case ENFILE:
    return wire::Failure::resource;
  case EIO:
  case EINTR:
    return wire::Failure::setup;
  default:
    return wire::Failure::invalid;
  }
}

Outcome open_file(std::string_view path, std::uint64_t max_bytes, OpenedFile& opened,
                  wire::Failure& kind) noexcept {
  os::Fd directory;
  char name[NAME_MAX + 1];
  Outcome outcome = walk(path, false, directory, name);
  if (!outcome.failed()) {
    opened.file = os::Fd(
        ::openat(directory.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    outcome = check(opened.file.get(), "open");
  }
  if (outcome.failed()) {
    kind = outcome.error == ENOENT || outcome.error == ENOTDIR ? wire::Failure::not_found
                                                               : file_failure(outcome.error);
    return outcome;
  }
  struct stat about {};
  if (::fstat(opened.file.get(), &about) != 0) {
    kind = wire::Failure::setup;
    return check(-1, "fstat");
  }
  if (!S_ISREG(about.st_mode)) {
    kind = wire::Failure::invalid;
    return {"open a regular file", "", EINVAL};
  }
  opened.size = static_cast<std::uint64_t>(about.st_size);
  if (opened.size > max_bytes) {
    kind = wire::Failure::too_large;
    return {"read", "", EFBIG};
  }
  return {};
}

void keep_box_open() noexcept {
  struct stat about {};
  if (::stat("/box", &about) == 0 && (about.st_mode & S_IRWXU) != S_IRWXU) {
    ::chmod("/box", (about.st_mode & ALLPERMS) | S_IRWXU);
  }
}

} // namespace sandbox::init
