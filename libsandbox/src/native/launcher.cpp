// SPDX-License-Identifier: Apache-2.0
#include "native/launcher.hpp"

#include "embedded_init/embedded_init.hpp"
#include "native/packet.hpp"

#include <fmt/format.h>

#include <sched.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace sandbox::native {
namespace {

constexpr int control_descriptor = 3;
constexpr int answer_timeout_ms = 10'000;
constexpr int end_timeout_ms = 10'000;

/// posix_spawn's settings: default dispositions, nothing blocked, a session of its own, so that
/// neither the application's signal handling nor a terminal's Ctrl-C reaches the guard.
class SpawnSettings {
 public:
  explicit SpawnSettings(int control) : SpawnSettings() {
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    int error = ::posix_spawn_file_actions_adddup2(&actions_, control, control_descriptor);
    for (const int standard : {0, 1, 2}) {
      if (error == 0) {
        error = ::posix_spawn_file_actions_addopen(&actions_, standard, "/dev/null", 2, 0);
      }
    }
    if (error != 0) {
      throw os::system_error(ErrorCode::resource, "posix_spawn", "file actions", error);
    }
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }
  const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }

 private:
  SpawnSettings() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&actions_);
  }

  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
};

pid_t spawn_guard(int control) {
  const os::Fd image = open_embedded_init();
  const SpawnSettings settings(control);
  const std::string path = fmt::format("/proc/self/fd/{}", image.get());
  std::string name = "sandbox-init";
  std::string part = "guard";
  char* const argv[] = {name.data(), part.data(), nullptr};
  char* const envp[] = {nullptr};
  pid_t pid = -1;
  if (const int error =
          ::posix_spawn(&pid, path.c_str(), settings.actions(), settings.attributes(), argv, envp);
      error != 0) {
    throw os::system_error(ErrorCode::setup_failed, "posix_spawn", "sandbox-init", error);
  }
  return pid;
}

os::Fd open_process(pid_t pid, std::string_view who) {
  return os::Fd(os::check(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)), "pidfd_open", who));
}

/// Texts packed as the wire wants them.
class Packed {
 public:
  void add(std::string_view text) {
    bytes_ += text;
    bytes_ += '\0';
    ++count_;
  }
  explicit Packed(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      add(text);
    }
  }
  explicit Packed(const std::vector<std::pair<std::string, std::string>>& pairs) {
    for (const auto& [first, second] : pairs) {
      add(first);
      add(second);
    }
  }
  wire::TextList list() const noexcept { return {count_, bytes_}; }

 private:
  std::string bytes_;
  std::uint32_t count_{0};
};

} // namespace

Launcher::Launcher(const TreePlan& plan, const Identity& identity, const ControlGroups& groups,
                   const std::string& owner, const BoxFilter& filter) {
  auto [ours, theirs] = os::socket_pair(SOCK_SEQPACKET);
  guard_ = spawn_guard(theirs.get());
  control_ = std::move(ours);
  theirs.close();
  try {
    guard_process_ = open_process(guard_, "the guard");
    set_up(plan, identity, groups, owner, filter);
  } catch (...) {
    end_guard();
    throw;
  }
}

Launcher::~Launcher() {
  end_guard();
}

/// A guard or launcher that stands still must not hold up the application: the launcher ends with
/// the guard.
void Launcher::end_guard() noexcept {
  if (!made_here_) {
    return;
  }
  os::end_connection(control_);
  if (guard_process_ && !os::wait_readable(guard_process_.get(), end_timeout_ms)) {
    ::syscall(SYS_pidfd_send_signal, guard_process_.get(), SIGKILL, nullptr, 0);
  }
  while (::waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Launcher::set_up(const TreePlan& plan, const Identity& identity, const ControlGroups& groups,
                      const std::string& owner, const BoxFilter& filter) {
  const Packed uid_map(identity.uid_map_command());
  const Packed gid_map(identity.gid_map_command());
  const Packed binds(plan.binds);
  const Packed links(plan.links);
  const Packed texts(plan.texts);
  wire::SetUp message;
  message.identity = identity.kind();
  message.user_id = ::geteuid();
  message.group_id = ::getegid();
  message.uid_map_command = uid_map.list();
  message.gid_map_command = gid_map.list();
  message.owner = owner;
  message.follow_links = plan.follow_links ? 1 : 0;
  message.binds = binds.list();
  message.links = links.list();
  message.texts = texts.list();
  message.filter = filter.instructions();
  message.watching_filter = filter.watching_instructions();
  message.token = filter.token();
  const os::Fd self = open_process(::getpid(), "the application");
  std::vector<int> descriptors = groups.directories();
  descriptors.insert(descriptors.begin(), self.get());
  send_packet(control_.get(), wire::Packet::set_up, message, descriptors);
  receive_packet<wire::Accepted>(control_.get(), wire::Packet::accepted, answer_timeout_ms);
}

std::unique_ptr<Slot> Launcher::make_slot(const SlotIds& ids, std::unique_ptr<SlotGroup> group,
                                          SlotNumber number, bool forbid_tcp) {
  auto [ours, theirs] = os::socket_pair(SOCK_SEQPACKET);
  wire::NewSlot request;
  request.init_uid = ids.init;
  request.program_uid = ids.program;
  request.forbid_tcp = forbid_tcp ? 1 : 0;
  std::vector<os::Fd> owned;
  if (group != nullptr) {
    owned = group->joins();
    request.joins = static_cast<std::uint8_t>(owned.size());
    for (os::Fd& file : group->late_joins()) {
      owned.push_back(std::move(file));
      ++request.late_joins;
    }
    request.figures = group->slot_figures(owned);
  }
  std::vector<int> descriptors{theirs.get()};
  for (const os::Fd& file : owned) {
    descriptors.push_back(file.get());
  }
  std::vector<os::Fd> pidfd = ask(request, descriptors);
  theirs.close();
  if (pidfd.size() != 1) {
    throw Error(ErrorCode::backend_lost, "launcher", "sent what is not in the protocol");
  }
  auto slot = std::make_unique<Slot>(std::move(ours), std::move(pidfd.front()), std::move(group),
                                     std::move(number));
  slot->await_ready(answer_timeout_ms);
  return slot;
}

/// The launcher answers each request once, in order. One that came too late must not be taken for
/// the next one's: its pidfd is another slot's.
std::vector<os::Fd> Launcher::ask(const wire::NewSlot& request,
                                  const std::vector<int>& descriptors) {
  const std::lock_guard lock(mutex_);
  send_packet(control_.get(), wire::Packet::new_slot, request, descriptors);
  for (++unanswered_;; --unanswered_) {
    if (!os::wait_readable(control_.get(), answer_timeout_ms)) {
      throw Error(ErrorCode::backend_lost, "launcher", "does not answer");
    }
    if (unanswered_ == 1) {
      break;
    }
    char stale[wire::max_answer];
    os::receive(control_.get(), stale, true, nullptr);
  }
  --unanswered_;
  std::vector<os::Fd> pidfd;
  receive_packet<wire::Accepted>(control_.get(), wire::Packet::accepted, answer_timeout_ms, &pidfd);
  return pidfd;
}

} // namespace sandbox::native
