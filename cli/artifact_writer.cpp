// SPDX-License-Identifier: Apache-2.0
#include "artifact_writer.hpp"

#include "printable.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sandbox::cli {
namespace {

[[noreturn]] void fail(std::string_view call, std::string_view path, int error) {
  throw Error(ErrorCode::resource, fmt::format("{} {}", call, printable(path)),
              std::strerror(error), {}, error);
}

int open_beneath(int directory, const std::string& path, std::uint64_t flags, std::uint64_t mode) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how));
}

void make_folders(int directory, const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::size_t name = path.rfind('/', slash - 1);
    const std::string above = name == std::string::npos ? "." : path.substr(0, name);
    const Descriptor parent(open_beneath(directory, above, O_PATH | O_DIRECTORY, 0));
    if (parent.get() < 0) {
      fail("open", above, errno);
    }
    const std::string folder = path.substr(name == std::string::npos ? 0 : name + 1,
                                           slash - (name == std::string::npos ? 0 : name + 1));
    if (::mkdirat(parent.get(), folder.c_str(), 0777) != 0 && errno != EEXIST) {
      fail("mkdir", path.substr(0, slash), errno);
    }
  }
}

void write_one(int directory, const Artifact& artifact, bool force) {
  make_folders(directory, artifact.path);
  const std::uint64_t exclusive = force ? O_TRUNC : O_EXCL;
  const Descriptor file(open_beneath(directory, artifact.path,
                                     O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | exclusive,
                                     artifact.executable ? 0777 : 0666));
  if (file.get() < 0) {
    fail("create", artifact.path, errno);
  }
  for (std::string_view rest = artifact.bytes; !rest.empty();) {
    const ssize_t written = ::write(file.get(), rest.data(), rest.size());
    if (written < 0 && errno != EINTR) {
      fail("write", artifact.path, errno);
    }
    rest.remove_prefix(static_cast<std::size_t>(written < 0 ? 0 : written));
  }
}

} // namespace

ArtifactFolder::ArtifactFolder(const std::filesystem::path& path)
    : folder_(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (folder_.get() < 0) {
    fail("open", path.native(), errno);
  }
}

void ArtifactFolder::write(const std::vector<Artifact>& artifacts, bool force) const {
  for (const Artifact& artifact : artifacts) {
    write_one(folder_.get(), artifact, force);
  }
}

} // namespace sandbox::cli
