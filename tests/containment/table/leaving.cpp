// SPDX-License-Identifier: Apache-2.0
//
// Group L: what a stage leaves for the supervisor that puts, gets and lists files, and for the
// stage after it.
#include "common/file.hpp"
#include "containment/cage.hpp"
#include "containment/host.hpp"
#include "containment/naive.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <sandbox/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

namespace containment {
namespace {

using sandbox::BoxEntry;
using sandbox::Command;
using sandbox::ErrorCode;
using sandbox::KiB;
using sandbox::MiB;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// Nothing when it succeeds.
template <class Act>
std::optional<ErrorCode> error_of(Act act) {
  try {
    act();
    return std::nullopt;
  } catch (const sandbox::Error& error) {
    return error.code();
  }
}

/// A failure to put a file may come with the next call.
std::optional<ErrorCode> error_of_put(sandbox::Session& box, const std::string& path,
                                      bool executable = false) {
  return error_of([&] {
    box.put_file(path, "evil", executable);
    box.get_file("attack", MiB * 16);
  });
}

/// The supervisor's file is a link now.
void file_becomes_link(Trial& trial) {
  sandbox::Session& box = trial.box();
  box.put_file("run.sh", "mine");
  trial.run({"replace-by-link", "run.sh", trial.canary() / "alone"});
  trial.expect(error_of_put(box, "run.sh") == ErrorCode::invalid_argument, "put through a link");
  trial.expect(error_of_put(box, "run.sh", true) == ErrorCode::invalid_argument,
               "put a program through a link");
  trial.expect(error_of([&] { box.get_file("run.sh", KiB); }) == ErrorCode::invalid_argument,
               "get through a link");
  trial.expect(trial.run({"exit-with", "0"}).result.ok(), "the box serves no more");
}

void parent_becomes_link(Trial& trial) {
  sandbox::Session& box = trial.box();
  box.put_file("sub/alone", "mine");
  trial.run({"replace-parent", "sub", trial.canary()});
  trial.expect(error_of_put(box, "sub/alone") == ErrorCode::invalid_argument, "put behind a link");
  trial.expect(error_of_put(box, "sub/new/alone") == ErrorCode::invalid_argument,
               "make directories behind a link");
  trial.expect(error_of([&] { box.get_file("sub/alone", KiB); }) == ErrorCode::not_found,
               "get behind a link");
  trial.expect(box.get_file("sub-before/alone", KiB) == "mine", "what was moved is lost");
}

/// What is named runs in the cage on /shared, then the harness touches the path as if it were its
/// own.
Check::Control naively(const std::vector<std::string>& attack,
                       const std::function<void(const Shared&)>& touch) {
  return [=](Cage& cage) {
    const Shared shared;
    std::vector<std::string> words = attack;
    for (std::string& word : words) {
      word = word == "VICTIM"      ? shared.victim().string()
             : word == "DIRECTORY" ? shared.victim().parent_path().string()
                                   : word;
    }
    shared.run(cage, words);
    touch(shared);
    return !shared.victim_is_unchanged();
  };
}

void add_links(Table& table) {
  table.push_back(
      Check("AR-01.write", "have the supervisor write through a link", file_becomes_link,
            naively({"replace-by-link", "/shared/run.sh", "VICTIM"},
                    [](const Shared& shared) { std::ofstream(shared.at("run.sh")) << "evil"; })));
  table.push_back(
      Check("AR-01.mode", "have the supervisor make a program of another's file", file_becomes_link,
            naively({"replace-by-link", "/shared/run.sh", "VICTIM"},
                    [](const Shared& shared) { ::chmod(shared.at("run.sh").c_str(), 0777); })));
  table.push_back(
      Check("AR-01.parent", "have the supervisor write behind a link", parent_becomes_link,
            naively({"replace-parent", "/shared/sub", "DIRECTORY"}, [](const Shared& shared) {
              std::ofstream(shared.at("sub/alone")) << "evil";
            })));
}

void every_link(Trial& trial) {
  sandbox::Session& box = trial.box();
  trial.run({"every-link", "/box", trial.canary() / "alone"});
  int links = 0;
  for (const BoxEntry& entry : box.list_files()) {
    if (entry.type == BoxEntry::Type::symlink) {
      ++links;
      trial.expect(error_of([&] { box.get_file(entry.path, MiB); }) == ErrorCode::invalid_argument,
                   "get " + entry.path);
      trial.expect(error_of_put(box, entry.path) == ErrorCode::invalid_argument,
                   "put " + entry.path);
    }
  }
  trial.expect(links == 10, std::to_string(links) + " links are listed");
}

bool link_is_followed(Cage& cage) {
  const Shared shared;
  shared.run(cage, {"every-link", "/shared", shared.victim()});
  return common::read_file(shared.at("absolute")) == Canary::text;
}

/// Nothing is left that could swap; what was swapped last is one of the two.
void swapped_place(Trial& trial) {
  trial.run({"swap", "/box", trial.canary()});
  sandbox::Session& box = trial.box();
  for (int i = 0; i < 100; ++i) {
    const auto code = error_of(
        [&] { trial.expect(box.get_file("place/alone", KiB) == "mine", "it is another's file"); });
    trial.expect(!code || code == ErrorCode::not_found, "get of a place that is swapped");
  }
  const auto first = box.list_files();
  const auto second = box.list_files();
  trial.expect(std::equal(first.begin(), first.end(), second.begin(), second.end(),
                          [](const BoxEntry& a, const BoxEntry& b) {
                            return a.path == b.path && a.type == b.type;
                          }),
               "two lists differ");
}

bool swap_is_won(Cage& cage) {
  const Shared shared;
  std::thread attack([&] {
    shared.run(cage, {"swap", "/shared", shared.victim().parent_path(), "stay"},
               {"--seconds", "2"});
  });
  bool own = false;
  bool others = false;
  const auto end = Clock::now() + std::chrono::seconds{4};
  while (!(own && others) && Clock::now() < end) {
    const std::string text = common::read_file(shared.at("place/alone"));
    own = own || text == "mine";
    others = others || text == Canary::text;
  }
  attack.join();
  return own && others;
}

/// What was checked stays as it was.
void changing_file(Trial& trial) {
  trial.run({"change", "moving"});
  sandbox::Session& box = trial.box();
  const std::string first = box.get_file("moving", MiB);
  std::this_thread::sleep_for(milliseconds{50});
  trial.expect(box.get_file("moving", MiB) == first, "the file still changes");
}

bool file_changes(Cage& cage) {
  const Shared shared;
  std::thread attack([&] {
    shared.run(cage, {"change", "/shared/moving", "stay"}, {"--seconds", "2"});
  });
  bool changed = false;
  const auto end = Clock::now() + std::chrono::seconds{4};
  std::string last;
  while (!changed && Clock::now() < end) {
    const std::string now = common::read_file(shared.at("moving"));
    changed = !last.empty() && now != last;
    last = now;
  }
  attack.join();
  return changed;
}

void late_writer(Trial& trial) {
  trial.run({"late-writer", "target"});
  trial.expect(trial.box().get_file("target", KiB) == "checked", "it is not what was written");
  std::this_thread::sleep_for(milliseconds{800});
  trial.expect(trial.run({"exit-with", "0"}).result.ok(), "the next stage");
  trial.expect(trial.box().get_file("target", KiB) == "checked", "it was changed after the stage");
}

void add_survivors(Table& table) {
  table.push_back(Check("AR-03.swap", "swap a directory and a link while files are brought back",
                        swapped_place, swap_is_won));
  table.push_back(
      Check("AR-07.change", "change a file while it is brought back", changing_file, file_changes));
  table.push_back(Check("AR-15.late", "change what the next stage runs, when it has been checked",
                        late_writer, [](Cage& cage) {
                          return cage.run({"late-writer", "target", "wait"}).escaped();
                        }));
}

/// Each act ends, with an error that says why, and soon.
void special_files(Trial& trial, const std::vector<std::string>& paths) {
  trial.run({"special-files", "/box"});
  sandbox::Session& box = trial.box();
  for (const std::string& path : paths) {
    const Clock::time_point start = Clock::now();
    trial.expect(error_of([&] { box.get_file(path, MiB); }) == ErrorCode::invalid_argument,
                 "get " + path);
    trial.expect(error_of_put(box, path) == ErrorCode::invalid_argument, "put " + path);
    trial.expect(Clock::now() - start < std::chrono::seconds{1}, path + " holds us up");
  }
  trial.expect(trial.run({"exit-with", "0"}).result.ok(), "the box serves no more");
}

Check special(std::string id, std::string title, const std::string& path, Check::Control control) {
  return Check(
      std::move(id), std::move(title), [path](Trial& trial) { special_files(trial, {path}); },
      std::move(control));
}

Check::Control after_special(const std::function<bool(const Shared&)>& succeeds) {
  return [succeeds](Cage& cage) {
    const Shared shared;
    shared.run(cage, {"special-files", "/shared"});
    return succeeds(shared);
  };
}

void add_special_files(Table& table) {
  table.push_back(special("AR-06.pipe", "a pipe where a file is expected", "fifo",
                          after_special([](const Shared& shared) {
                            return open_waits(shared.at("fifo"), O_RDONLY) &&
                                   open_waits(shared.at("fifo"), O_WRONLY);
                          })));
  table.push_back(special("AR-06.socket", "a socket where a file is expected", "socket",
                          after_special([](const Shared& shared) {
                            // One that looks at the name alone takes it for a file.
                            return std::filesystem::exists(shared.at("socket")) &&
                                   !std::ifstream(shared.at("socket")).is_open();
                          })));
  table.push_back(special("AR-06.directory", "a directory where a file is expected", "directory",
                          after_special([](const Shared& shared) {
                            // It can be opened, and every read fails.
                            const int file = ::open(shared.at("directory").c_str(), O_RDONLY);
                            char byte;
                            const bool fails = file >= 0 && ::read(file, &byte, 1) < 0;
                            ::close(file);
                            return fails;
                          })));
  table.push_back(special("AR-06.unreadable", "a file that its owner may not read", "unreadable",
                          after_special([](const Shared& shared) {
                            struct stat about {};
                            return ::stat(shared.at("unreadable").c_str(), &about) == 0 &&
                                   (about.st_mode & 0777) == 0;
                          })));
}

void request_names(Trial& trial) {
  sandbox::Session& box = trial.box();
  const std::string canary = trial.canary() / "alone";
  for (const std::string& path :
       {canary, ".." + canary, "../../../../../.." + canary, "a/../../.." + canary,
        std::string("../box2/x"), std::string("."), std::string(".."), std::string("a//b"),
        std::string("a/"), std::string("a\0b", 3), std::string(), "./" + canary,
        std::string(5000, 'a')}) {
    trial.expect(error_of_put(box, path) == ErrorCode::invalid_argument, "put " + path);
    trial.expect(error_of([&] { box.get_file(path, KiB); }) == ErrorCode::invalid_argument,
                 "get " + path);
  }
  // No separators here, but a name like any other.
  for (const std::string path : {"C:\\x", "..\\..\\x", "%2e%2e%2fx", "...", "..x"}) {
    box.put_file(path, "mine");
    trial.expect(box.get_file(path, KiB) == "mine", "a file of this name: " + path);
  }
}

bool name_leads_out(Cage&) {
  const Shared shared;
  return common::read_file(shared.at("../victim/alone")) == Canary::text;
}

} // namespace

void add_leaving(Table& table) {
  add_links(table);
  table.push_back(
      Check("AR-02.links", "links of every kind where files are", every_link, link_is_followed));
  add_survivors(table);
  add_special_files(table);
  table.push_back(
      Check("AR-12.archive", "files of an archive that lead out", std::vector<std::string>{})
          .not_runnable("files are put one by one: no archive is unpacked"));
  table.push_back(
      Check("AR-13.names", "names of files that lead out", request_names, name_leads_out));
}

} // namespace containment
