// SPDX-License-Identifier: Apache-2.0
//
// Output on its way from the pool's thread, where the program is heard, to the lane, which alone
// talks to the queue.
#pragma once

#include <sandbox/output.hpp>

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace worker {

class LiveOutput final : public sandbox::OutputSink {
 public:
  /// Of what arrives between two calls of take(), `max_bytes` are kept.
  explicit LiveOutput(std::size_t max_bytes) noexcept : max_bytes_(max_bytes) {}

  void write(sandbox::Stream stream, std::string_view bytes) override;

  struct Chunk {
    std::string standard_output{};
    std::string standard_error{};
    std::uint64_t dropped_bytes{0};
    bool empty() const noexcept {
      return standard_output.empty() && standard_error.empty() && dropped_bytes == 0;
    }
  };
  Chunk take();

 private:
  std::size_t max_bytes_;
  std::mutex mutex_{};
  Chunk chunk_{};
};

/// One JSON document; bytes that are no text are replaced, the result has them all.
std::string to_json(const LiveOutput::Chunk& chunk);

} // namespace worker
