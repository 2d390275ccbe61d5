// SPDX-License-Identifier: Apache-2.0
//
// What supervisor and init say to each other. Each message lists its fields once; Writer and Reader
// visit the same list. Texts are views: into the caller's strings when writing, into the frame when
// reading.
#pragma once

#include "wire/codec.hpp"
#include "wire/frame.hpp"

#include <cstdint>
#include <string_view>

namespace sandbox::wire {

/// A file for /box; its bytes follow in `data` frames. Init answers only when it fails, with the
/// answer to the next request.
struct PutFile {
  static constexpr FrameType type = FrameType::put_file;
  std::string_view path;
  std::uint64_t size{0};
  std::uint8_t executable{0};
  void fields(auto& field) noexcept {
    field(path);
    field(size);
    field(executable);
  }
};

/// A control group file that init reads figures from. A message that brings some says which in
/// bits, and their descriptors come in this order.
enum class Figure : std::uint8_t {
  cpu_usage,     // cpuacct.usage, or cpu.stat
  memory_usage,  // memory.memsw.usage_in_bytes, memory.current
  memory_peak,   // memory.memsw.max_usage_in_bytes, memory.peak; written to reset
  memory_events, // memory.oom_control, memory.events
  pids_events,   // pids.events
  pids_peak,     // pids.peak
  count,
};

/// Which of the limits are left to rlimits because the host gives no control group for them.
enum class Fallback : std::uint8_t { memory = 1, processes = 2 };

/// What a container may hold beside the program's memory limit: init and its bookkeeping.
inline constexpr std::uint64_t container_memory_beside = std::uint64_t{2} << 20;
inline constexpr unsigned container_processes_beside = 1;

inline constexpr std::uint64_t no_limit = ~std::uint64_t{0};

/// How the program gets into a control group that is not init's.
enum class OwnGroup : std::uint8_t {
  none,
  born, // by CLONE_INTO_CGROUP: the descriptor is the group's directory (v2)
  join, // it writes itself into the descriptor, a cgroup.procs (v1)
};

/// Runs a stage. On a socket that can carry descriptors there come stdin, stdout and stderr, then
/// the one for `own_group`, then figures that are to be read instead of the slot's. Elsewhere the
/// program's streams travel in `input`, `standard_output` and `standard_error` frames.
struct Run {
  static constexpr FrameType type = FrameType::run;
  TextList argv;
  TextList env;
  std::string_view search_path; // PATH, for an argv[0] without a slash
  std::string_view filter;      // BPF instructions; not looked at where init is under one itself
  std::uint64_t cpu_ns{no_limit};
  std::uint64_t wall_ns{0};
  std::uint64_t memory_bytes{no_limit};
  std::uint64_t processes{no_limit};
  std::uint64_t file_size_bytes{no_limit};
  std::uint64_t open_files{256};
  std::uint64_t stack_bytes{no_limit};
  std::uint32_t parallel{1}; // CPUs the program can use at once: how fast CPU time can pass
  std::uint8_t fallback{0};  // of Fallback
  OwnGroup own_group{OwnGroup::none};
  std::uint32_t figures{0};
  /// The stage whose program was started by StartAhead: no descriptors come, the ones from then
  /// hold. If that program is gone, another is started in its place.
  std::uint8_t ahead{0};
  void fields(auto& field) noexcept {
    field(argv);
    field(env);
    field(search_path);
    field.bytes(filter);
    field(cpu_ns);
    field(wall_ns);
    field(memory_bytes);
    field(processes);
    field(file_size_bytes);
    field(open_files);
    field(stack_bytes);
    field(parallel);
    field(fallback);
    field(own_group);
    field(figures);
    field(ahead);
  }
};

/// Starts the program of the Run that is to come and holds it before the first system call that
/// names `source`. Descriptors as with Run. Init answers Done or Failed; after Failed no process of
/// it lives.
struct StartAhead {
  static constexpr FrameType type = FrameType::start_ahead;
  std::string_view source; // relative to /box
  Run run;
  void fields(auto& field) noexcept {
    field(source);
    run.fields(field);
  }
};

/// Nobody wants what StartAhead started. Done says that it is gone.
struct EndAhead {
  static constexpr FrameType type = FrameType::end_ahead;
  void fields(auto&) noexcept {}
};

/// Why a stage was stopped; the first cause stands.
enum class Stop : std::uint8_t { none, cpu_time, wall_time, memory, output, cancelled };

struct Kill {
  static constexpr FrameType type = FrameType::kill;
  Stop cause{Stop::cancelled};
  void fields(auto& field) noexcept { field(cause); }
};

struct GetFile {
  static constexpr FrameType type = FrameType::get_file;
  std::string_view path;
  std::uint64_t max_bytes{0};
  void fields(auto& field) noexcept {
    field(path);
    field(max_bytes);
  }
};

struct ListFiles {
  static constexpr FrameType type = FrameType::list_files;
  std::uint64_t max_entries{0};
  void fields(auto& field) noexcept { field(max_entries); }
};

struct Reset {
  static constexpr FrameType type = FrameType::reset;
  void fields(auto&) noexcept {}
};

/// Init of a container waits for jobs.
struct Ready {
  static constexpr FrameType type = FrameType::ready;
  std::uint32_t version{protocol_version};
  void fields(auto& field) noexcept { field(version); }
};

/// To init of a container, which does not wait for long without it: somebody knows that it is
/// there.
struct Claim {
  static constexpr FrameType type = FrameType::claim;
  void fields(auto&) noexcept {}
};

/// A request that answers nothing else has been carried out.
struct Done {
  static constexpr FrameType type = FrameType::done;
  void fields(auto&) noexcept {}
};

/// What kind of failure: decides the Error's code.
enum class Failure : std::uint8_t { setup, invalid, not_found, too_large, resource };

struct Failed {
  static constexpr FrameType type = FrameType::failed;
  Failure kind{Failure::setup};
  std::string_view step;    // "mount", "open", a literal of init's
  std::string_view subject; // a path or name, possibly the program's: untrusted
  std::int32_t error{0};    // errno
  void fields(auto& field) noexcept {
    field(kind);
    field(step);
    field(subject);
    field(error);
  }
};

inline constexpr std::uint64_t not_measured = ~std::uint64_t{0};

/// A stage has ended and none of its processes lives.
struct Ended {
  static constexpr FrameType type = FrameType::ended;
  std::int32_t wait_status{0};
  Stop stop{Stop::none};
  std::uint8_t killed_by_us{0};
  std::uint64_t wall_ns{0};
  std::uint64_t cpu_ns{0};
  std::uint64_t cpu_user_ns{not_measured};
  std::uint64_t cpu_system_ns{not_measured};
  std::uint64_t memory_peak_bytes{not_measured};
  std::uint64_t oom_kills{not_measured};
  std::uint64_t memory_limit_reached{not_measured}; // 0: a kill was for want of memory elsewhere
  std::uint64_t process_limit_hits{not_measured};
  std::uint64_t processes_peak{not_measured};
  std::uint64_t max_rss_bytes{0};
  std::uint64_t voluntary_switches{0};
  std::uint64_t involuntary_switches{0};
  std::uint64_t leftover_processes{0};
  std::uint64_t disk_used_bytes{0};
  std::uint64_t scratch_used_bytes{0}; // of /tmp and /dev/shm
  std::uint8_t disk_full{0};
  std::uint8_t inodes_full{0};
  std::uint8_t ahead{0}; // the program was the one that StartAhead had started
  void fields(auto& field) noexcept {
    field(wait_status);
    field(stop);
    field(killed_by_us);
    for (std::uint64_t* figure :
         {&wall_ns, &cpu_ns, &cpu_user_ns, &cpu_system_ns, &memory_peak_bytes, &oom_kills,
          &memory_limit_reached, &process_limit_hits, &processes_peak, &max_rss_bytes,
          &voluntary_switches, &involuntary_switches, &leftover_processes, &disk_used_bytes,
          &scratch_used_bytes}) {
      field(*figure);
    }
    field(disk_full);
    field(inodes_full);
    field(ahead);
  }
};

/// What the place is like that others made for init; first message there, before Ready. A limit of
/// no_limit is not in force.
struct Posture {
  static constexpr FrameType type = FrameType::posture;
  std::uint64_t memory_limit{no_limit};
  std::uint64_t memory_and_swap_limit{no_limit};
  std::uint64_t process_limit{no_limit};
  std::uint64_t cpu_quota_us{no_limit};
  std::uint64_t cpu_period_us{0};
  std::uint64_t box_bytes{0}; // of /box; 0 when it is not a file system of its own
  std::uint64_t box_inodes{0};
  std::uint64_t scratch_bytes{0};       // of /tmp
  std::uint64_t shared_memory_bytes{0}; // of /dev/shm
  std::uint8_t cgroup_version{0};       // 0: no figures can be read
  std::uint8_t read_only_root{0};
  std::uint8_t no_new_privs{0};
  std::uint8_t seccomp{0};         // a filter is loaded already
  std::uint8_t user_namespace{0};  // ids are mapped
  std::uint8_t network_reaches{0}; // there is a route, beside loopback's
  std::uint8_t other_mounts{0};    // writable directories of an image's own (VOLUME)
  std::uint8_t landlock{0};        // ABI version
  void fields(auto& field) noexcept {
    for (std::uint64_t* value :
         {&memory_limit, &memory_and_swap_limit, &process_limit, &cpu_quota_us, &cpu_period_us,
          &box_bytes, &box_inodes, &scratch_bytes, &shared_memory_bytes}) {
      field(*value);
    }
    for (std::uint8_t* value : {&cgroup_version, &read_only_root, &no_new_privs, &seccomp,
                                &user_namespace, &network_reaches, &other_mounts, &landlock}) {
      field(*value);
    }
  }
};

/// Init passed on so many bytes of `input` since it last said so.
struct InputTaken {
  static constexpr FrameType type = FrameType::input_taken;
  std::uint32_t bytes{0};
  void fields(auto& field) noexcept { field(bytes); }
};

/// The program reads no more: further input is of no use.
struct InputClosed {
  static constexpr FrameType type = FrameType::input_closed;
  void fields(auto&) noexcept {}
};

/// A file that was asked for; its bytes follow in `data` frames.
struct File {
  static constexpr FrameType type = FrameType::file;
  std::uint64_t size{0};
  void fields(auto& field) noexcept { field(size); }
};

enum class EntryType : std::uint8_t { file, directory, symlink, other };

struct Entry {
  static constexpr FrameType type = FrameType::entry;
  std::string_view path;
  EntryType kind{EntryType::file};
  std::uint64_t size{0};
  std::uint8_t executable{0};
  void fields(auto& field) noexcept {
    field(path);
    field(kind);
    field(size);
    field(executable);
  }
};

struct EndOfList {
  static constexpr FrameType type = FrameType::end_of_list;
  std::uint8_t more{0}; // there were more entries than asked for
  void fields(auto& field) noexcept { field(more); }
};

} // namespace sandbox::wire
