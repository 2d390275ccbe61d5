// SPDX-License-Identifier: Apache-2.0
//
// What makes boxes. Both backends offer the same verdicts, fields and error texts behind this
// interface.
#pragma once

#include <sandbox/command.hpp>
#include <sandbox/environment.hpp>
#include <sandbox/export.hpp>
#include <sandbox/output.hpp>
#include <sandbox/result.hpp>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

/// A file, directory or other entry in /box.
struct BoxEntry {
  enum class Type : std::uint8_t { file, directory, symlink, other };
  std::string path{}; // relative to /box, bytes as the program made them
  Type type{Type::file};
  std::uint64_t size_bytes{0};
  bool executable{false};
};

/// A box: used by one thread at a time, for one submission, then destroyed. The destructor kills
/// what is left in it and does not throw.
class SANDBOX_API Session {
 public:
  virtual ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Starts the program of `command` before its run and holds it before it first asks for the file
  /// `source` of /box, as a system call's argument. A run() with the same argv, env and limits has
  /// it go on, unless files other than `source` were put meanwhile or it has written something, and
  /// measures from there (Result::interpreter_ahead); any other ends it unseen and starts anew, and
  /// so does one that finds it dead. It reads its input from a pipe, which ends at once where there
  /// is none. Once only, before any put_file() or run(), else throws Error(invalid_argument).
  /// Throws Error(unsupported) where the backend cannot, and another when the program does not ask
  /// for `source` within 2 s: run() works all the same while alive(). Cannot be cancelled.
  virtual void start_ahead(const Command& command, std::string_view source);

  /// Puts a file at `path` (relative to /box; missing directories are made), owned by the program's
  /// user. Must come before untrusted code could have placed links there: no component of `path`
  /// may be a link. Throws Error(invalid_argument) for a path that is absolute, empty, has `.`,
  /// `..` or control bytes, or a component over 255 bytes. A failure inside the box (disk full) may
  /// be thrown by the next call instead.
  virtual void put_file(std::string_view path, std::string_view bytes, bool executable = false) = 0;

  /// Runs one stage and waits for its end; when it returns, no process of the program lives. Stages
  /// of one session see each other's files. Throws Error when the stage could not be started as
  /// confined as promised, or the box was lost: the program's fate is then unknown. Output goes to
  /// `sink` as it comes.
  virtual Result run(const Command& command, OutputSink& sink, std::stop_token stop = {}) = 0;

  /// The bytes of a regular file in /box. Links are not followed. Throws Error(not_found) when
  /// there is no such file, Error(invalid_argument) when it is not a regular file or larger than
  /// `max_bytes`.
  virtual std::string get_file(std::string_view path, std::uint64_t max_bytes) = 0;

  /// What is in /box, depth first, at most `max_entries`; throws Error(resource) when there are
  /// more.
  virtual std::vector<BoxEntry> list_files(std::uint64_t max_entries = 10'000) = 0;

  /// Removes every file of /box, /tmp and /dev/shm; System V and POSIX message queues, semaphores
  /// and shared memory of earlier stages stay, as does their CPU time: for another submission open
  /// another box.
  virtual void reset() = 0;

  /// Stands for what the program finds outside /box, /tmp and /dev/shm: as long as the text is the
  /// same, here or in another box on this machine, so are the files, as far as their metadata tells
  /// (docs/cache.md). Throws Error; Error(unsupported) when that cannot be told.
  virtual std::string root_identity();

  /// False once the box is known to be gone: nothing can be run in it any more. Looks without
  /// waiting.
  virtual bool alive() noexcept { return true; }

 protected:
  Session() = default;
};

/// One line of what a host can do.
struct Check {
  enum class Status : std::uint8_t { ok, warning, missing };
  std::string name{}; // "memory_cgroup"
  Status status{Status::ok};
  std::string detail{}; // what was found
  std::string remedy{}; // how to mend it; empty when ok
};

struct Probe {
  std::string backend{};
  bool usable{false}; // every guarantee that is required by default can be given
  std::vector<Check> checks{};
};

/// Something that a killed application left on the host.
struct Leftover {
  std::string kind{}; // "cgroup", "container", "volume"
  std::string name{};
};

/// Thread-safe: many threads may open boxes from one Backend. Destroy it after its sessions.
class SANDBOX_API Backend {
 public:
  virtual ~Backend();
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  virtual std::string_view name() const noexcept = 0;

  /// Makes a box, empty, its init waiting. Throws Error.
  virtual std::unique_ptr<Session> open(const Environment& environment) = 0;

  /// Looks at the host. Changes nothing that lasts; does not throw for what is missing.
  virtual Probe probe() = 0;

  /// What killed applications left behind on this host; removes it unless `dry_run`. Never touches
  /// what a living application uses.
  virtual std::vector<Leftover> collect_garbage(bool dry_run) = 0;

 protected:
  Backend() = default;
};

} // namespace sandbox
