// SPDX-License-Identifier: Apache-2.0
//
// Where a program's output goes. Bytes are bytes: nothing is decoded, added or lost.
#pragma once

#include <sandbox/export.hpp>
#include <sandbox/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace sandbox {

enum class Stream : std::uint8_t { standard_output = 1, standard_error = 2 };

/// Receives output as it arrives, in the thread that called run(). The supervisor has already
/// applied the output limit: what comes here is within it. A sink that throws ends the program; the
/// exception leaves run().
class SANDBOX_API OutputSink {
 public:
  virtual ~OutputSink();
  virtual void write(Stream stream, std::string_view bytes) = 0;
};

/// Drops everything; counts and limits still hold.
class SANDBOX_API NullSink final : public OutputSink {
 public:
  void write(Stream stream, std::string_view bytes) override;
};

/// What to keep of a stream that is larger than `keep_bytes`.
enum class Keep : std::uint8_t { head, head_and_tail };

/// Keeps `keep_bytes` of each stream in memory.
class SANDBOX_API CapturedOutput final : public OutputSink {
 public:
  explicit CapturedOutput(std::uint64_t keep_bytes = 1 * MiB, Keep keep = Keep::head);
  void write(Stream stream, std::string_view bytes) override;

  /// One stream as kept. With Keep::head_and_tail `head` and `tail` hold half each; the bytes
  /// between were dropped when total_bytes > head.size() + tail.size().
  struct Kept {
    std::string head;
    std::string tail;
    std::uint64_t total_bytes{0};

    bool truncated() const noexcept { return total_bytes > head.size() + tail.size(); }
    /// head and tail joined; exact when not truncated.
    std::string bytes() const { return head + tail; }
  };
  Kept standard_output() const { return kept(out_); }
  Kept standard_error() const { return kept(err_); }

 private:
  void append(Kept& kept, std::string_view bytes);
  Kept kept(const Kept& stream) const;
  void cut(std::string& tail) const;

  std::uint64_t head_bytes_;
  std::uint64_t tail_bytes_;
  Kept out_;
  Kept err_;
};

/// Writes through to two descriptors of the caller's, which it does not own. A write that fails
/// throws Error(resource): the program is ended rather than its output lost in silence.
class SANDBOX_API DescriptorSink final : public OutputSink {
 public:
  DescriptorSink(int out_descriptor, int err_descriptor) noexcept;
  void write(Stream stream, std::string_view bytes) override;

 private:
  int out_;
  int err_;
};

class SANDBOX_API CallbackSink final : public OutputSink {
 public:
  using Callback = std::function<void(Stream, std::string_view)>;
  explicit CallbackSink(Callback callback);
  void write(Stream stream, std::string_view bytes) override;

 private:
  Callback callback_;
};

} // namespace sandbox
