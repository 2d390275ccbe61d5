// SPDX-License-Identifier: Apache-2.0
#include "oci_bundle.hpp"

#include <sandbox/limits.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace benchmark {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

void make_root(const fs::path& root) {
  for (const char* each : {"usr", "proc", "dev", "tmp"}) {
    fs::create_directories(root / each);
  }
  for (const char* each : {"bin", "lib", "lib64"}) {
    fs::create_symlink(fs::path("usr") / each, root / each);
  }
  fs::copy_file(SANDBOX_NOOP, root / "noop");
}

json mounts() {
  return {
      {{"destination", "/proc"}, {"type", "proc"}, {"source", "proc"}},
      {{"destination", "/dev"}, {"type", "tmpfs"}, {"source", "tmpfs"}},
      {{"destination", "/tmp"}, {"type", "tmpfs"}, {"source", "tmpfs"}},
      {{"destination", "/usr"}, {"type", "bind"}, {"source", "/usr"}, {"options", {"rbind", "ro"}}},
  };
}

json linux_part() {
  json namespaces = json::array();
  for (const char* each : {"pid", "network", "ipc", "uts", "mount", "cgroup"}) {
    namespaces.push_back({{"type", each}});
  }
  const sandbox::Limits limits;
  return {
      {"namespaces", namespaces},
      {"resources",
       {{"memory", {{"limit", limits.memory_bytes}}}, {"pids", {{"limit", limits.processes}}}}}};
}

json config(const std::vector<std::string>& argv) {
  const json none = json::array();
  return {
      {"ociVersion", "1.0.2"},
      {"root", {{"path", "rootfs"}, {"readonly", true}}},
      {"process",
       {{"terminal", false},
        {"user", {{"uid", 0}, {"gid", 0}}},
        {"args", argv},
        {"env", {"PATH=/usr/bin"}},
        {"cwd", "/"},
        {"noNewPrivileges", true},
        {"capabilities",
         {{"bounding", none}, {"effective", none}, {"permitted", none}, {"inheritable", none}}}}},
      {"mounts", mounts()},
      {"linux", linux_part()}};
}

} // namespace

OciBundle::OciBundle(const std::vector<std::string>& argv) : folder_("benchmark-bundle") {
  make_root(folder_ / "rootfs");
  std::ofstream file(folder_ / "config.json");
  file << config(argv).dump(2) << '\n';
  file.close();
  if (!file) {
    throw std::runtime_error("cannot write " + (folder_ / "config.json").string());
  }
}

} // namespace benchmark
