// SPDX-License-Identifier: Apache-2.0
#include "containment/host.hpp"

#include "common/backend.hpp"
#include "common/file.hpp"
#include "common/memory.hpp"
#include "common/mounts.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <thread>

namespace containment {
namespace {

namespace fs = std::filesystem;

constexpr const char* neighbours_file = "canary";
constexpr std::size_t rss_slack = 16 * sandbox::MiB;

std::string describe_file(const fs::path& path) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0) {
    return path.string() + " is gone\n";
  }
  std::ostringstream text;
  text << path << ' ' << about.st_mode << ' ' << about.st_uid << ' ' << about.st_gid << ' '
       << about.st_nlink << ' ' << about.st_size << ' ' << about.st_mtim.tv_sec << '.'
       << about.st_mtim.tv_nsec << ' ' << common::read_file(path) << '\n';
  return text.str();
}

bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 200 && !condition(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return condition();
}

std::string first_difference(const std::vector<std::string>& before,
                             const std::vector<std::string>& after) {
  const auto [was, is] = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
  return "was '" + (was != before.end() ? *was : "") + "', is '" + (is != after.end() ? *is : "") +
         "'";
}

} // namespace

std::vector<int> processes_with(const std::string& argument) {
  std::vector<int> found;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename();
    int pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec == std::errc() &&
        pid != ::getpid() &&
        common::read_file(entry->path() / "cmdline").find(argument) != std::string::npos) {
      found.push_back(pid);
    }
  }
  return found;
}

Canary::Canary() {
  std::ofstream(directory_ / "alone") << text;
  std::ofstream(directory_ / "linked") << text;
  fs::create_hard_link(directory_ / "linked", directory_ / "second-name");
  ::chmod((directory_ / "alone").c_str(), 0640);
}

std::vector<std::string> Canary::state() const {
  std::vector<std::string> all;
  for (const char* name : {"alone", "linked", "second-name"}) {
    all.push_back(describe_file(directory_ / name));
  }
  all.push_back(std::to_string(std::distance(fs::directory_iterator(directory()), {})) +
                " entries");
  return all;
}

bool Canary::is_overwritten() const {
  const std::vector<std::string> now = state();
  return std::any_of(now.begin(), now.end(), [](const std::string& each) {
    return each.find("overwritten") != std::string::npos;
  });
}

Host::Host(sandbox::Backend& backend) : backend_(backend) {
  sandbox::Environment environment;
  environment.image = common::image();
  neighbour_ = backend_.open(environment);
  neighbour_->put_file(neighbours_file, Canary::text);
  make_places(environment);
  before_ = look();
}

/// The backend keeps what a few boxes at a time need; that is not to look like a leak.
void Host::make_places(const sandbox::Environment& environment) {
  constexpr int at_a_time = 6;
  std::vector<std::unique_ptr<sandbox::Session>> boxes;
  while (backend_.name() == "native" && boxes.size() < at_a_time) {
    boxes.push_back(backend_.open(environment));
  }
}

Host::State Host::look() const {
  return {canary_.state(), common::own_mounts(),
          static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), {})),
          common::resident_bytes()};
}

void Host::remember() {
  before_ = look();
}

std::vector<std::string> Host::changes(const std::string& mark) {
  std::vector<std::string> found;
  if (!comes_true([&] { return processes_with(mark).empty(); })) {
    found.push_back("processes left: " + std::to_string(processes_with(mark).size()));
  }
  if (!comes_true([&] { return common::own_mounts() == before_.mounts; })) {
    found.push_back("mounts: " + first_difference(before_.mounts, common::own_mounts()));
  }
  // A slot that was made meanwhile and stays for the next box has about ten, with its groups.
  constexpr std::size_t slots_descriptors = 64;
  const State now = look();
  if (now.canary != before_.canary) {
    found.push_back("canary: " + first_difference(before_.canary, now.canary));
  }
  if (now.descriptors > before_.descriptors + slots_descriptors) {
    found.push_back("descriptors: " + std::to_string(before_.descriptors) + ", then " +
                    std::to_string(now.descriptors));
  }
  if (now.rss_bytes > before_.rss_bytes + rss_slack) {
    found.push_back("memory of the supervisor grew by " +
                    std::to_string((now.rss_bytes - before_.rss_bytes) / sandbox::MiB) + " MiB");
  }
  if (neighbour_->get_file(neighbours_file, sandbox::KiB) != Canary::text) {
    found.push_back("the neighbour's file changed");
  }
  return found;
}

} // namespace containment
