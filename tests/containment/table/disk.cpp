// SPDX-License-Identifier: Apache-2.0
//
// Group E, files: bytes and inodes of a box are bounded, and the program is told so.
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <algorithm>
#include <csignal>

namespace containment {
namespace {

using sandbox::Command;
using sandbox::MiB;
using sandbox::Verdict;

void large_files(Command& command) {
  command.limits.file_size_bytes = sandbox::unlimited;
  command.limits.memory_bytes = 512 * MiB;
}

sandbox::Environment small_disk() {
  sandbox::Environment environment;
  environment.disk_bytes = 8 * MiB;
  environment.disk_inodes = 128;
  return environment;
}

std::function<void(Trial&, const Observation&)> touches(const std::string& limit) {
  return [limit](Trial& trial, const Observation& seen) {
    const auto& touched = seen.result.touched;
    trial.expect(std::any_of(touched.begin(), touched.end(),
                             [&](const sandbox::Touched& each) { return each.limit == limit; }),
                 "the result does not tell that " + limit + " was reached");
    trial.expect(seen.result.usage.disk_used_bytes <= 8 * MiB, "more is used than there is");
  };
}

void add_bytes(Table& table) {
  for (const std::string place : {"/box", "/tmp", "/dev/shm"}) {
    Check check = Check("RX-13." + place.substr(place.rfind('/') + 1), "fill " + place,
                        {"fill-bytes", place, "256"})
                      .in(small_disk())
                      .with(large_files)
                      .errors("write", {"ENOSPC"});
    table.push_back(place == "/box" ? std::move(check).then(touches("disk_bytes"))
                                    : std::move(check));
  }
  table.push_back(Check("RX-13.allocate", "take /box at one go", {"allocate", "/box", "256"})
                      .in(small_disk())
                      .with(large_files)
                      .errors("fallocate", {"ENOSPC"}));
  table.push_back(
      Check("RX-15.allocate", "a file larger than a file may be", {"allocate", "/tmp", "20"})
          .errors("fallocate", {"EFBIG"}));
  table.push_back(Check("RX-15.sparse", "a file of a tebibyte without a block", {"sparse", "/box"})
                      .errors("ftruncate", {"EFBIG"}));
  table.push_back(
      Check("RX-15.write", "write more than a file may hold", {"fill-bytes", "/tmp", "32"})
          .errors("write", {"EFBIG"}));
}

void add_entries(Table& table) {
  for (const std::string kind : {"file", "symlink", "hard-link", "directory", "pipe"}) {
    table.push_back(Check("RX-14." + kind, "every inode of /box: " + kind,
                          {"fill-entries", "/box", kind, "20000"})
                        .in(small_disk())
                        .errors("make", {"ENOSPC"})
                        .then(touches("disk_inodes")));
  }
  table.push_back(
      Check("RX-14.tmp", "every inode of /tmp", {"fill-entries", "/tmp", "file", "20000"})
          .errors("make", {"ENOSPC"}));
  table.push_back(
      Check("RX-14.attributes", "bytes in extended attributes", {"fill-attributes", "/box", "64"})
          .in(small_disk())
          .with(large_files)
          .errors("setxattr", {"ENOSPC", "EOPNOTSUPP"})
          .control([](Cage& cage) {
            const Cage::Ran ran = cage.run({"fill-attributes", "/box", "1"});
            return ran.escaped() || (!ran.steps.empty() && ran.steps.front().error == "ENOSPC");
          }));
}

} // namespace

void add_disk(Table& table) {
  add_bytes(table);
  add_entries(table);
}

} // namespace containment
