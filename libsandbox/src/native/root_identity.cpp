// SPDX-License-Identifier: Apache-2.0
#include "native/root_identity.hpp"

#include "native/file_records.hpp"
#include "os/file.hpp"
#include "os/system_error.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <sstream>

namespace sandbox::native {
namespace {

/// Directories of the host that its package manager fills; the record of what it did stands for
/// them, with their first two levels.
constexpr std::string_view packaged_places[] = {"/usr",   "/bin",   "/sbin",  "/lib",
                                                "/lib32", "/lib64", "/libx32"};
constexpr const char* package_records[] = {"/var/lib/dpkg/status", "/var/lib/dpkg/updates"};
constexpr unsigned packaged_levels = 2;
constexpr long tick_ns = 1'000'000;
constexpr int most_ticks = 20;

bool is_packaged(const std::string& place) {
  return std::find(std::begin(packaged_places), std::end(packaged_places), place) !=
             std::end(packaged_places) &&
         os::try_open_at(AT_FDCWD, package_records[0], O_PATH);
}

bool same(const struct stat& one, const struct stat& other) noexcept {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino &&
         one.st_ctim.tv_sec == other.st_ctim.tv_sec && one.st_ctim.tv_nsec == other.st_ctim.tv_nsec;
}

std::string read_mountinfo() {
  return os::read_file(AT_FDCWD, "/proc/self/mountinfo");
}

/// mountinfo writes blanks and backslashes as \ooo.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                 (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

bool lies_in(const std::string& path, const std::string& directory) {
  return path == directory || path.starts_with(directory + "/");
}

/// A change within the tick of the clock that a file's ctime was read in would leave it as it is.
void await_tick_after(const timespec& change) {
  for (int i = 0; i < most_ticks; ++i) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec > change.tv_sec ||
        (now.tv_sec == change.tv_sec && now.tv_nsec > change.tv_nsec)) {
      return;
    }
    const timespec rest{0, tick_ns};
    ::nanosleep(&rest, nullptr);
  }
}

} // namespace

std::vector<std::string> mounts_below(std::string_view mountinfo,
                                      const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  std::istringstream lines{std::string(mountinfo)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string id;
    std::string parent;
    std::string device;
    std::string root;
    std::string point;
    fields >> id >> parent >> device >> root >> point;
    const std::string path = unescape(point);
    if (std::any_of(paths.begin(), paths.end(),
                    [&](const std::string& each) { return lies_in(path, each); })) {
      found.push_back(fmt::format("{} {} {} {}", id, device, root, point));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

RootIdentity::RootIdentity(const TreePlan& plan) noexcept {
  try {
    hold(plan);
  } catch (const std::exception& error) {
    problem_ = error.what();
  }
}

void RootIdentity::hold(const TreePlan& plan) {
  follows_links_ = plan.follow_links;
  std::vector<std::string> paths;
  for (const auto& [path, place] : plan.binds) {
    Source source{path, place, {}, {}};
    source.held = os::open_at(AT_FDCWD, path, O_PATH | (follows_links_ ? 0 : O_NOFOLLOW));
    os::check(::fstat(source.held.get(), &source.about), "fstat", path);
    sources_.push_back(std::move(source));
    paths.push_back(path);
  }
  mounts_ = mounts_below(read_mountinfo(), paths);
  digest::Sha256 hash;
  for (const auto* texts : {&plan.links, &plan.texts}) {
    hash.add_number(texts->size());
    for (const auto& [place, text] : *texts) {
      hash.add_field(place);
      hash.add_field(text);
    }
  }
  plan_ = digest::to_hex(hash.finish());
}

void RootIdentity::launcher_is_ready() noexcept {
  try {
    confirm();
  } catch (const std::exception& error) {
    problem_ = error.what();
  }
}

void RootIdentity::confirm() {
  for (const Source& source : sources_) {
    struct stat now {};
    const int flags = follows_links_ ? 0 : AT_SYMLINK_NOFOLLOW;
    os::check(::fstatat(AT_FDCWD, source.path.c_str(), &now, flags), "stat", source.path);
    if (!same(source.about, now)) {
      throw Error(ErrorCode::unsupported, source.path, "changed while the boxes' root was made");
    }
  }
  refuse_other_mounts();
}

void RootIdentity::refuse_other_mounts() const {
  std::vector<std::string> paths;
  paths.reserve(sources_.size());
  for (const Source& source : sources_) {
    paths.push_back(source.path);
  }
  if (mounts_below(read_mountinfo(), paths) != mounts_) {
    throw Error(ErrorCode::unsupported, "root of the boxes",
                "something was mounted or unmounted below it since they were first used");
  }
}

std::string RootIdentity::text() const {
  if (!problem_.empty()) {
    throw Error(ErrorCode::unsupported, "root of the boxes", problem_);
  }
  refuse_other_mounts();
  FileRecords records;
  records.add(plan_);
  for (const Source& source : sources_) {
    records.add(source.place);
    records.add_file(source.held.get(), "");
    if (!S_ISDIR(source.about.st_mode)) {
      continue;
    }
    const bool packaged = follows_links_ && is_packaged(source.place);
    if (!packaged) {
      records.add_all(source.held.get());
      continue;
    }
    records.add_levels(source.held.get(), packaged_levels);
    for (const char* record : package_records) {
      records.add_file(AT_FDCWD, record);
    }
    const os::Fd local =
        os::try_open_at(source.held.get(), "local", O_PATH | O_DIRECTORY | O_NOFOLLOW);
    if (local) {
      records.add_all(local.get());
    } else {
      os::check(errno == ENOENT || errno == ENOTDIR ? 0 : -1, "open", source.path + "/local");
    }
  }
  await_tick_after(records.newest_change());
  return digest::to_hex(records.finish());
}

} // namespace sandbox::native
