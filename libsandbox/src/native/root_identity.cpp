// SPDX-License-Identifier: Apache-2.0
#include "native/root_identity.hpp"

#include "os/file.hpp"
#include "os/system_error.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <algorithm>
#include <climits>
#include <ctime>
#include <tuple>

namespace sandbox::native {
namespace {

/// Directories of the host that its package manager fills; the record of what it did stands for
/// them, with their first two levels.
constexpr std::string_view packaged_places[] = {"/usr",   "/bin",   "/sbin",  "/lib",
                                                "/lib32", "/lib64", "/libx32"};
constexpr const char* package_records[] = {"/var/lib/dpkg/status", "/var/lib/dpkg/updates"};
/// Of the first package there is: what has this was installed by dpkg, which others have too.
constexpr const char* packages_sign = "/var/lib/dpkg/info/base-files.list";
constexpr unsigned packaged_levels = 2;
constexpr long tick_ns = 1'000'000;
constexpr int most_ticks = 20;

bool is_packaged(const std::string& place) {
  return std::find(std::begin(packaged_places), std::end(packaged_places), place) !=
             std::end(packaged_places) &&
         os::try_open_at(AT_FDCWD, packages_sign, O_PATH);
}

bool same(const struct stat& one, const struct stat& other) noexcept {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino &&
         one.st_ctim.tv_sec == other.st_ctim.tv_sec && one.st_ctim.tv_nsec == other.st_ctim.tv_nsec;
}

/// From `directory`; nothing for a path that does not lie there.
std::optional<std::string> path_below(std::string_view path, std::string_view directory) {
  if (!path.starts_with(directory)) {
    return std::nullopt;
  }
  path.remove_prefix(directory.size());
  if (!path.empty() && path.front() != '/' && directory != "/") {
    return std::nullopt;
  }
  return std::string(path.substr(std::min(path.find_first_not_of('/'), path.size())));
}

/// Where it lies now, links resolved, whatever it was opened by.
std::string path_of(const os::Fd& file) {
  char path[PATH_MAX];
  const std::string link = fmt::format("/proc/self/fd/{}", file.get());
  const ssize_t size = ::readlink(link.c_str(), path, sizeof path);
  os::check(static_cast<int>(size), "readlink", link);
  if (size == sizeof path) {
    throw Error(ErrorCode::unsupported, "root of the boxes", "lies deeper than can be told");
  }
  return {path, static_cast<std::size_t>(size)};
}

timespec coarse_now() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return now;
}

bool earlier(const timespec& one, const timespec& other) noexcept {
  return std::tie(one.tv_sec, one.tv_nsec) < std::tie(other.tv_sec, other.tv_nsec);
}

/// A change within the tick of the clock that a file's ctime was read in would leave it as it is.
void await_tick_after(const timespec& change) {
  for (int i = 0; !earlier(change, coarse_now()); ++i) {
    if (i == most_ticks || change.tv_sec > coarse_now().tv_sec + 1) {
      throw Error(ErrorCode::unsupported, "toolchain", "was changed in the future, by its times");
    }
    const timespec rest{0, tick_ns};
    ::nanosleep(&rest, nullptr);
  }
}

} // namespace

bool RootIdentity::Inner::operator==(const Inner& other) const noexcept {
  return source == other.source && path == other.path && mount.id == other.mount.id &&
         mount.device == other.mount.device && mount.root == other.mount.root;
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
  for (const auto& [path, place] : plan.binds) {
    hold_source(path, place);
  }
  for (const std::string& path : plan.covered) {
    hold_source(path, {});
  }
  mounts_ = inner_mounts();
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

void RootIdentity::hold_source(const std::string& path, const std::string& place) {
  Source source{path, place, {}, {}};
  source.held = os::open_at(AT_FDCWD, path, O_PATH | (follows_links_ ? 0 : O_NOFOLLOW));
  os::check(::fstat(source.held.get(), &source.about), "fstat", path);
  sources_.push_back(std::move(source));
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
  refuse_changed_tree();
}

/// Mounts; and links on the way to what is shown as a part of something else only, for these lead
/// elsewhere at once.
void RootIdentity::refuse_changed_tree() const {
  if (inner_mounts() != mounts_) {
    throw Error(ErrorCode::unsupported, "root of the boxes",
                "something was mounted or unmounted below it since they were first used");
  }
  for (const Source& source : sources_) {
    struct stat now {};
    if (source.place.empty() &&
        (::fstatat(AT_FDCWD, source.path.c_str(), &now, 0) != 0 ||
         now.st_dev != source.about.st_dev || now.st_ino != source.about.st_ino)) {
      throw Error(ErrorCode::unsupported, source.path, "was replaced since boxes first showed it");
    }
  }
}

std::vector<RootIdentity::Inner> RootIdentity::inner_mounts() const {
  const std::vector<Mount> mounts = read_mounts();
  std::vector<Inner> found;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const std::string outer = path_of(sources_[i].held);
    for (const Mount& mount : mounts) {
      if (const auto path = path_below(mount.point, outer)) {
        found.push_back({i, *path, mount});
      }
    }
  }
  return found;
}

std::string RootIdentity::look() {
  if (!problem_.empty()) {
    throw Error(ErrorCode::unsupported, "root of the boxes", problem_);
  }
  refuse_changed_tree();
  if (seen_ && seen_->still_hold()) {
    return seen_text_;
  }
  seen_.reset();
  const timespec begun = coarse_now();
  FileRecords records = record_or_give_up();
  await_tick_after(records.newest_change());
  seen_text_ = digest::to_hex(records.finish());
  // What came into a directory in the tick that it was read in is not in its record, nor would its
  // own record be another for that.
  if (earlier(records.newest_change(), begun)) {
    seen_ = std::move(records);
  }
  return seen_text_;
}

/// What is too much to look at is not looked at again for each run.
FileRecords RootIdentity::record_or_give_up() {
  try {
    return record();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::unsupported) {
      problem_ = error.what();
    }
    throw;
  }
}

FileRecords RootIdentity::record() const {
  FileRecords records;
  records.add(plan_);
  for (const Inner& inner : mounts_) {
    records.add(
        fmt::format("{} {} {} {}", inner.source, inner.mount.device, inner.mount.root, inner.path));
  }
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    records.add(source.place);
    records.add_file(source.held.get(), "");
    if (!S_ISDIR(source.about.st_mode)) {
      continue;
    }
    if (follows_links_ && is_packaged(source.place)) {
      record_packaged(records, i);
    } else {
      records.add_all(source.held.get(), "");
    }
  }
  return records;
}

/// Of it, its packages' record does not stand for what was mounted over it, nor for /usr/local.
void RootIdentity::record_packaged(FileRecords& records, std::size_t source) const {
  const int held = sources_[source].held.get();
  records.add_levels(held, "", packaged_levels);
  for (const char* record : package_records) {
    records.add_file(AT_FDCWD, record);
  }
  records.add_all(held, "local");
  for (const Inner& inner : mounts_) {
    if (inner.source == source && !inner.path.empty()) {
      records.add_file(held, inner.path);
      records.add_all(held, inner.path);
    }
  }
}

} // namespace sandbox::native
