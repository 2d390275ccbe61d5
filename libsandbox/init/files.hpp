// SPDX-License-Identifier: Apache-2.0
//
// Files of the box, touched as the program's user and without following a link.
#pragma once

#include "os/fd.hpp"
#include "outcome.hpp"
#include "wire/messages.hpp"

#include <string_view>

namespace sandbox::init {

/// A file that the supervisor is sending.
class Incoming {
 public:
  /// Opens the file for a put_file. A failure is kept: what follows of the file is dropped.
  void begin(const wire::PutFile& request) noexcept;
  /// Takes the bytes of a data frame; false when nobody asked for them.
  bool data(std::string_view bytes) noexcept;

  /// The first failure since the last call.
  Outcome take_failure() noexcept;

 private:
  void fail(const Outcome& outcome) noexcept;

  os::Fd file_;
  std::uint64_t left_{0};
  Outcome failure_;
  char subject_[256]{};
};

/// Why a file could not be had, in the supervisor's terms: what the host failed to do is no fault
/// of who asked.
wire::Failure file_failure(int error) noexcept;

struct OpenedFile {
  os::Fd file;
  std::uint64_t size{0};
};

/// Opens a regular file of at most `max_bytes` for reading. On failure `kind` says which.
Outcome open_file(std::string_view path, std::uint64_t max_bytes, OpenedFile& opened,
                  wire::Failure& kind) noexcept;

/// Gives the owner of /box its rights on it back when a program took them: no stage decides whether
/// the next can begin.
void keep_box_open() noexcept;

/// Sends an Entry for each thing in /box, then EndOfList; false when the stream is gone.
bool send_list(int stream, std::uint64_t max_entries) noexcept;

/// Empties /box and /tmp, which is /dev/shm too, whatever modes and depths the program left.
Outcome remove_all() noexcept;

} // namespace sandbox::init
