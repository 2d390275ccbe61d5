// SPDX-License-Identifier: Apache-2.0
#include <sandbox/output.hpp>

namespace sandbox {

CapturedOutput::CapturedOutput(std::uint64_t keep_bytes, Keep keep)
    : head_bytes_(keep == Keep::head ? keep_bytes : keep_bytes - keep_bytes / 2),
      tail_bytes_(keep_bytes - head_bytes_) {}

void CapturedOutput::write(Stream stream, std::string_view bytes) {
  append(stream == Stream::standard_error ? err_ : out_, bytes);
}

void CapturedOutput::append(Kept& kept, std::string_view bytes) {
  kept.total_bytes += bytes.size();
  const auto room = static_cast<std::size_t>(head_bytes_ - kept.head.size());
  const std::string_view head = bytes.substr(0, room);
  kept.head += head;
  bytes.remove_prefix(head.size());
  if (tail_bytes_ == 0 || bytes.empty()) {
    return;
  }
  if (bytes.size() > tail_bytes_) {
    bytes.remove_prefix(bytes.size() - tail_bytes_);
  }
  kept.tail += bytes;
  // Not at every write: a program that writes byte by byte would have the whole tail moved each
  // time.
  if (kept.tail.size() > 2 * tail_bytes_) {
    cut(kept.tail);
  }
}

CapturedOutput::Kept CapturedOutput::kept(const Kept& stream) const {
  Kept exact = stream;
  cut(exact.tail);
  return exact;
}

void CapturedOutput::cut(std::string& tail) const {
  if (tail.size() > tail_bytes_) {
    tail.erase(0, tail.size() - tail_bytes_);
  }
}

} // namespace sandbox
