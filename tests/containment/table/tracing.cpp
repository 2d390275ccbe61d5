// SPDX-License-Identifier: Apache-2.0
//
// Group D: the memory, descriptors and program files of others.
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <sandbox/error.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string_view>

namespace containment {
namespace {

const std::set<std::string> refused{"EPERM"};

/// Both whom it must not reach, and one that it made itself.
void add_both(Table& table, const std::string& id, const std::string& title,
              const std::string& verb, const std::string& step) {
  table.push_back(Check(id + ".init", title + " of init", std::vector<std::string>{verb})
                      .errors(step, refused));
  table.push_back(
      Check(id + ".child", title + " of a child", {verb, "child"}).errors(step, refused));
}

void add_calls_on_others(Table& table) {
  add_both(table, "PT-01.seize", "trace by SEIZE", "trace-seize", "seize");
  add_both(table, "PT-01.attach", "trace by ATTACH", "trace-attach", "attach");
  table.push_back(
      Check("PT-01.traceme", "be traced by the parent", {"trace-me"}).errors("traceme", refused));
  add_both(table, "PT-02.read", "read memory", "read-memory", "process_vm_readv");
  add_both(table, "PT-02.write", "write memory", "write-memory", "process_vm_writev");
  add_both(table, "PT-02.descriptor", "take a descriptor", "take-descriptor", "pidfd_getfd");
  add_both(table, "PT-02.compare", "compare kernel objects", "compare", "kcmp");
  add_both(table, "PT-02.advise", "page out memory", "advise", "process_madvise");
  add_both(table, "PT-02.release", "release memory", "release-memory", "process_mrelease");
  for (const char* file : {"mem", "fd/0", "fd/1", "root", "cwd"}) {
    std::string name = file;
    std::erase(name, '/');
    table.push_back(Check("PT-03." + name, std::string("open /proc/<pid>/") + file + " of init",
                          {"others-file", file})
                        .errors("read", {"ENOENT", "EACCES"})
                        .errors("write", {"ENOENT", "EACCES", "EROFS"}));
  }
}

/// By pieces: a test is tens of megabytes, which the supervisor is not to grow by.
std::size_t hash_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string piece(65536, '\0');
  std::size_t all = 0;
  do {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const std::string_view read(piece.data(), static_cast<std::size_t>(file.gcount()));
    all = all * 31 + std::hash<std::string_view>()(read);
  } while (file);
  return all;
}

/// What ran on the host: the test, the attack, and the init inside of the library.
std::string host_programs() {
  namespace fs = std::filesystem;
  std::string all =
      std::to_string(hash_of("/proc/self/exe")) + ' ' + std::to_string(hash_of(attack_path()));
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc/self/fd", error)) {
    const fs::path target = fs::read_symlink(entry.path(), error);
    if (target.string().find("memfd:sandbox") != std::string::npos) {
      all += ' ' + std::to_string(hash_of(entry.path()));
    }
  }
  return all;
}

/// In containers init lies in a volume that all boxes share.
std::string init_in_box(Trial& trial) {
  const auto box = trial.another_box();
  const Observation seen = trial.run(*box, {"fingerprint", "/.libsandbox/sandbox-init"});
  const Step* print = seen.find("fingerprint");
  return print != nullptr ? print->text : "none";
}

void keeps_programs(Trial& trial, const std::function<void()>& attack) {
  const std::string before = host_programs();
  const std::string init_before = init_in_box(trial);
  attack();
  trial.expect(host_programs() == before, "a program of the host has changed");
  trial.expect(init_in_box(trial) == init_before, "init of the next box has changed");
  trial.expect(trial.native() || init_before != "ENOENT", "init's file was not found");
}

bool overwrites(Cage& cage) {
  return cage.run({"overwrite-executable"}).escaped();
}

/// The kernel opens the interpreter as whoever executes: at that moment init's own program file.
void start_through_self(Trial& trial, const std::string& script) {
  trial.box().put_file("script", script, true);
  sandbox::Command command;
  command.argv = {"./script", trial.mark()};
  try {
    const Observation seen = trial.run_command(trial.box(), command);
    trial.expect(!seen.result.ok(), "init was run as the program, and ended well");
  } catch (const sandbox::Error&) {
    // Not started at all is as good.
  }
}

void add_program_files(Table& table) {
  table.push_back(Check(
      "PT-05.overwrite", "overwrite init's program file",
      [](Trial& trial) {
        keeps_programs(trial, [&] {
          const Observation seen = trial.run({"overwrite-executable"});
          trial.expect_contained(seen);
        });
      },
      overwrites));
  for (const auto& [name, line] : std::vector<std::pair<std::string, std::string>>{
           {"self", "#!/proc/self/exe\n"},
           {"container", "#!/proc/self/exe container\n"},
           {"init", "#!/proc/1/exe\n"},
           {"descriptor", "#!/proc/self/fd/3\n"}}) {
    table.push_back(Check(
        "PT-05.script-" + name, "a script whose interpreter is " + line.substr(2, line.size() - 3),
        [line = line](Trial& trial) {
          keeps_programs(trial, [&] { start_through_self(trial, line); });
        },
        overwrites));
  }
  table.push_back(
      Check("PT-05.volume", "write where init lies", {"open-to-write", "/.libsandbox/sandbox-init"})
          .errors("/.libsandbox/sandbox-init", {"EACCES", "EROFS", "ETXTBSY"})
          .control({"open-to-write", "/box/attack2", "/etc/passwd"})
          .only(Where::docker));
}

} // namespace

void add_tracing(Table& table) {
  add_calls_on_others(table);
  table.push_back(Check(
      "PT-04.watcher", "stay behind to catch the next stage before it is confined",
      [](Trial& trial) {
        const Observation first = trial.run({"leave-watcher"});
        trial.expect_contained(first);
        trial.expect(first.result.leftover_processes == 1, "the watcher was there");
        trial.expect_contained(trial.run({"look-for-watcher"}));
      },
      [](Cage& cage) { return cage.run({"leave-and-look-for-watcher"}).escaped(); }));
  add_program_files(table);
}

} // namespace containment
