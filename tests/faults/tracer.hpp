// SPDX-License-Identifier: Apache-2.0
//
// Follows an application and the processes that libsandbox makes of it, call by call, and lets one
// call of one of them fail, or kills or stops the process there.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace faults {

/// In the order in which each makes the next.
enum class Role : int { application, guard, launcher, slot, init, child };

std::optional<Role> role_named(const std::string& name);
const char* name_of(Role role);

/// The `nth` time (from 1) that the processes of this role make this call. The child's calls are
/// those before it has become the program.
struct Point {
  Role role{Role::application};
  std::string call;
  int nth{1};
};

/// What happens there: the call is not made and returns `error`, or the process gets `signal`
/// instead of making it.
struct Fault {
  int error{0};
  int signal{0};
};

class Tracer {
 public:
  /// `list` gets a line for each call, when it is not null.
  Tracer(Point point, Fault fault, std::FILE* list);

  /// Starts a program, its standard output going to `output`, and follows it until it has ended;
  /// false when that takes longer than `limit`.
  bool run(char* const argv[], int output, std::chrono::milliseconds limit);

  /// Lets everything that still lives run on unobserved until it has ended; at most for `patience`.
  void settle(std::chrono::milliseconds patience);

  pid_t application() const { return application_; }
  /// Whether the point was reached.
  bool hit() const { return hit_; }
  /// Of the application; meaningful when run() returned true.
  int wait_status() const { return wait_status_; }

 private:
  void start(char* const argv[], int output);
  bool take_events(std::chrono::steady_clock::time_point deadline, bool all);
  bool take_event(pid_t thread, int status);
  void handle_stop(pid_t thread, int status);
  void enter(pid_t thread, long number, unsigned long first_argument);
  void leave(pid_t thread);
  void strike(pid_t thread, pid_t process);
  void let_go_of_all(pid_t but);
  void adopt(pid_t thread);
  void resume(pid_t thread, int signal);

  Point point_;
  Fault fault_;
  std::FILE* list_;
  long number_;
  pid_t application_{-1};
  bool begun_{false};
  bool hit_{false};
  bool released_{false};
  pid_t answering_{-1}; // gets the error when its call returns
  int wait_status_{0};
  std::map<pid_t, pid_t> threads_; // the process of each
  std::map<pid_t, Role> roles_;    // of each process
  std::map<std::pair<Role, long>, int> calls_;
};

} // namespace faults
