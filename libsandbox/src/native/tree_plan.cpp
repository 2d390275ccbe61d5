// SPDX-License-Identifier: Apache-2.0
#include "native/tree_plan.hpp"

#include "os/system_error.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace sandbox::native {
namespace {

namespace fs = std::filesystem;

/// Made by us in every box; what a root file system has there is not looked at.
constexpr std::string_view own_places[] = {"proc", "sys", "dev", "box", "tmp", "run", "lost+found"};

/// A link stays a link, so that the merged-/usr layout looks as it does on the host.
void add(TreePlan& plan, const fs::path& source, const std::string& place) {
  if (fs::is_symlink(source)) {
    plan.links.emplace_back(place, fs::read_symlink(source).native());
  } else if (fs::is_directory(source) || fs::is_regular_file(source)) {
    plan.binds.emplace_back(source.native(), place);
  }
}

void add_own_etc(TreePlan& plan) {
  plan.texts.emplace_back("/etc/passwd",
                          "root:x:0:0:root:/:/usr/sbin/nologin\n"
                          "box:x:1000:1000:box:/box:/bin/sh\n"
                          "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
  plan.texts.emplace_back("/etc/group", "root:x:0:\nbox:x:1000:\nnogroup:x:65534:\n");
  plan.texts.emplace_back("/etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n");
  plan.texts.emplace_back("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n");
}

void add_host_toolchain(TreePlan& plan) {
  plan.binds.emplace_back("/usr", "/usr");
  for (const char* name : {"bin", "sbin", "lib", "lib32", "lib64", "libx32"}) {
    add(plan, fs::path("/") / name, fmt::format("/{}", name));
  }
  for (const char* path : {"/etc/alternatives", "/etc/ld.so.cache"}) {
    if (fs::exists(path)) {
      plan.binds.emplace_back(path, path);
    }
  }
  add_own_etc(plan);
}

bool covered(const TreePlan& plan, const std::string& path) {
  return std::any_of(plan.binds.begin(), plan.binds.end(), [&](const auto& bind) {
    return path == bind.second || path.starts_with(bind.second + "/");
  });
}

void add_extra(TreePlan& plan, const fs::path& path) {
  const fs::path plain = path.lexically_normal();
  if (!path.is_absolute() || plain == "/") {
    throw Error(ErrorCode::invalid_argument, fmt::format("extra path {}", path.native()),
                "must be absolute and not /");
  }
  std::error_code error;
  if (!fs::exists(plain, error)) {
    throw Error(ErrorCode::not_found, fmt::format("extra path {}", path.native()),
                "does not exist on this host");
  }
  if (covered(plan, plain.native())) {
    plan.covered.push_back(plain.native());
  } else {
    plan.binds.emplace_back(plain.native(), plain.native());
  }
}

TreePlan plan_rootfs(const fs::path& rootfs) {
  std::error_code error;
  if (!fs::is_directory(rootfs, error)) {
    throw Error(ErrorCode::not_found, fmt::format("rootfs {}", rootfs.native()),
                "is not a directory");
  }
  TreePlan plan;
  plan.follow_links = false;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::canonical(rootfs))) {
    const std::string name = entry.path().filename().native();
    if (std::find(std::begin(own_places), std::end(own_places), name) == std::end(own_places)) {
      add(plan, entry.path(), "/" + name);
    }
  }
  if (plan.binds.empty()) {
    throw Error(ErrorCode::not_found, fmt::format("rootfs {}", rootfs.native()),
                "holds no root file system");
  }
  return plan;
}

TreePlan make_plan(const Environment& environment) {
  if (!environment.rootfs.empty()) {
    return plan_rootfs(environment.rootfs);
  }
  TreePlan plan;
  add_host_toolchain(plan);
  std::vector<fs::path> extra = environment.extra_paths;
  std::sort(extra.begin(), extra.end()); // a directory before what lies in it
  for (const fs::path& path : extra) {
    add_extra(plan, path);
  }
  return plan;
}

} // namespace

TreePlan plan_tree(const Environment& environment) {
  try {
    return make_plan(environment);
  } catch (const fs::filesystem_error& error) {
    throw os::system_error(ErrorCode::setup_failed, "look at", error.path1().native(),
                           error.code().value());
  }
}

} // namespace sandbox::native
