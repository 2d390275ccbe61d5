// SPDX-License-Identifier: Apache-2.0
#include "id_map.hpp"

#include "clone.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace sandbox::init {
namespace {

Outcome write_file(int pid, const char* name, const char* text) noexcept {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    return check(-1, "open", name);
  }
  const long written = ::write(fd, text, std::strlen(text));
  const Outcome outcome = check(written, "write", name);
  ::close(fd);
  return outcome;
}

int execute(void* argument) noexcept {
  auto* argv = static_cast<char**>(argument);
  ::execv(argv[0], argv);
  return 127;
}

/// Runs newuidmap or newgidmap, which alone may map subordinate ids.
Outcome run_map_command(const wire::TextList& command, int pid) noexcept {
  char pid_text[16];
  std::snprintf(pid_text, sizeof pid_text, "%d", pid);
  char* argv[16];
  std::size_t count = 0;
  const char* text = command.packed.data();
  for (std::uint32_t i = 0; i < command.count && count < 14; ++i) {
    argv[count++] = const_cast<char*>(text);
    text += std::strlen(text) + 1;
    if (i == 0) {
      argv[count++] = pid_text;
    }
  }
  argv[count] = nullptr;
  if (count == 0) {
    return {"map ids", "no command", EINVAL};
  }
  const long child = clone_vfork(execute, static_cast<void*>(argv));
  if (child < 0) {
    return check(-1, "clone", argv[0]);
  }
  int status = 0;
  if (::waitpid(static_cast<int>(child), &status, 0) < 0) {
    return check(-1, "waitpid", argv[0]);
  }
  return status == 0 ? Outcome{} : Outcome{"newuidmap or newgidmap", command.packed.data(), EPERM};
}

} // namespace

Outcome map_launcher(int pid, const wire::SetUp& set_up) noexcept {
  if (set_up.identity == wire::Identity::subuids) {
    const Outcome outcome = run_map_command(set_up.uid_map_command, pid);
    return outcome.failed() ? outcome : run_map_command(set_up.gid_map_command, pid);
  }
  char map[64];
  Outcome outcome = write_file(pid, "setgroups", "deny");
  if (!outcome.failed()) {
    std::snprintf(map, sizeof map, "0 %u 1\n", set_up.user_id);
    outcome = write_file(pid, "uid_map", map);
  }
  if (!outcome.failed()) {
    std::snprintf(map, sizeof map, "0 %u 1\n", set_up.group_id);
    outcome = write_file(pid, "gid_map", map);
  }
  return outcome;
}

Outcome map_slot(int pid, const wire::NewSlot& slot, bool deny_setgroups) noexcept {
  char map[96];
  if (slot.init_uid == slot.program_uid) {
    std::snprintf(map, sizeof map, "%u %u 1\n", program_id, slot.program_uid);
  } else {
    std::snprintf(map, sizeof map, "0 %u 1\n%u %u 1\n", slot.init_uid, program_id,
                  slot.program_uid);
  }
  Outcome outcome;
  if (deny_setgroups) {
    outcome = write_file(pid, "setgroups", "deny");
  }
  if (!outcome.failed()) {
    outcome = write_file(pid, "uid_map", map);
  }
  if (!outcome.failed()) {
    outcome = write_file(pid, "gid_map", map);
  }
  return outcome;
}

} // namespace sandbox::init
