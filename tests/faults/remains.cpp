// SPDX-License-Identifier: Apache-2.0
#include "faults/remains.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace faults {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds step{2};
std::vector<std::string> scratch_places;

void need(int result, const char* what) {
  if (result != 0) {
    throw std::runtime_error(std::string(what) + " is not allowed");
  }
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::vector<pid_t> children() {
  std::ifstream file("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  return {std::istream_iterator<pid_t>(file), {}};
}

std::vector<std::string> groups_of(pid_t application) {
  std::vector<std::string> found;
  const std::string prefix = std::to_string(application) + "-";
  std::error_code error;
  for (const fs::directory_entry& hierarchy : fs::directory_iterator("/sys/fs/cgroup", error)) {
    fs::directory_iterator entry(hierarchy.path() / "libsandbox", error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      if (entry->path().filename().string().starts_with(prefix)) {
        found.push_back(entry->path());
      }
    }
  }
  return found;
}

} // namespace

void move_out(bool tmp_is_kept) {
  need(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "PR_SET_CHILD_SUBREAPER");
  need(::unshare(CLONE_NEWNS), "a mount namespace");
  need(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount");
  scratch_places = {"/dev/shm"};
  if (!tmp_is_kept) {
    scratch_places.emplace_back("/tmp");
  }
  for (const std::string& place : scratch_places) {
    need(::mount("empty", place.c_str(), "tmpfs", 0, "mode=1777"), "mount");
  }
}

std::vector<std::string> processes_left() {
  std::vector<std::string> names;
  for (const pid_t pid : children()) {
    const std::string place = "/proc/" + std::to_string(pid);
    names.push_back(std::to_string(pid) + " " + first_line(place + "/comm") + " in " +
                    first_line(place + "/wchan"));
    ::kill(pid, SIGKILL);
  }
  return names;
}

std::vector<std::string> groups_left(pid_t application, std::chrono::milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  std::vector<std::string> left = groups_of(application);
  while (!left.empty() && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(step);
    left = groups_of(application);
  }
  return left;
}

std::vector<std::string> files_left() {
  std::vector<std::string> found;
  for (const std::string& place : scratch_places) {
    for (const fs::directory_entry& entry : fs::directory_iterator(place)) {
      found.push_back(entry.path());
    }
  }
  return found;
}

std::vector<std::string> mounts() {
  std::ifstream file("/proc/self/mountinfo");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> mounts_added(const std::vector<std::string>& before) {
  std::vector<std::string> added;
  for (const std::string& line : mounts()) {
    if (std::find(before.begin(), before.end(), line) == before.end()) {
      added.push_back(line);
    }
  }
  return added;
}

} // namespace faults
