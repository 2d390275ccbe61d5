// SPDX-License-Identifier: Apache-2.0
//
// How fields become bytes, for both ends of the stream: little-endian integers, and texts as a
// length, the bytes and a NUL, so that init can hand them to the kernel where they lie. No
// allocation, no exceptions; a Reader never reads beyond its bytes, whatever they say.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace sandbox::wire {

static_assert(std::endian::native == std::endian::little,
              "the wire format is the machine's own order");

/// Several texts in one field: `packed` is each text followed by a NUL, `count` of them.
struct TextList {
  std::uint32_t count{0};
  std::string_view packed;
};

/// Writes fields into a buffer, or only counts them when the buffer is null.
class Writer {
 public:
  Writer() noexcept = default;
  Writer(char* buffer, std::size_t capacity) noexcept : buffer_(buffer), capacity_(capacity) {}

  template <class Integer>
  requires std::is_integral_v<Integer> || std::is_enum_v<Integer>
  void operator()(const Integer& value) noexcept { raw(&value, sizeof value); }
  void operator()(std::string_view text) noexcept {
    (*this)(static_cast<std::uint32_t>(text.size()));
    raw(text.data(), text.size());
    raw("", 1);
  }
  /// May hold NUL.
  void bytes(std::string_view value) noexcept { (*this)(value); }
  void operator()(const TextList& list) noexcept {
    (*this)(list.count);
    (*this)(list.packed);
  }

  std::size_t size() const noexcept { return size_; }
  bool ok() const noexcept { return buffer_ == nullptr || size_ <= capacity_; }

 private:
  void raw(const void* data, std::size_t length) noexcept {
    if (buffer_ != nullptr && length != 0 && size_ + length <= capacity_) {
      std::memcpy(buffer_ + size_, data, length);
    }
    size_ += length;
  }

  char* buffer_{nullptr};
  std::size_t capacity_{0};
  std::size_t size_{0};
};

/// Reads fields; after the first that does not fit every further one is refused.
class Reader {
 public:
  explicit Reader(std::string_view bytes) noexcept : rest_(bytes) {}

  template <class Integer>
  requires std::is_integral_v<Integer> || std::is_enum_v<Integer>
  void operator()(Integer& value) noexcept {
    if (!ok_ || rest_.size() < sizeof value) {
      ok_ = false;
      return;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
  }
  /// A text that holds no NUL.
  void operator()(std::string_view& text) noexcept {
    bytes(text);
    if (ok_ && text.find('\0') != std::string_view::npos) {
      ok_ = false;
    }
  }
  void operator()(TextList& list) noexcept {
    (*this)(list.count);
    bytes(list.packed);
    if (!ok_) {
      return;
    }
    std::uint32_t ends = 0;
    for (const char c : list.packed) {
      ends += c == '\0' ? 1U : 0U;
    }
    ok_ = ends == list.count && (list.packed.empty() || list.packed.back() == '\0');
  }
  /// Any bytes, with the NUL that follows them on the wire left out.
  void bytes(std::string_view& value) noexcept {
    std::uint32_t length = 0;
    (*this)(length);
    if (!ok_ || rest_.size() <= length || rest_[length] != '\0') {
      ok_ = false;
      return;
    }
    value = rest_.substr(0, length);
    rest_.remove_prefix(length + 1);
  }

  /// False after a field that did not fit.
  bool ok() const noexcept { return ok_; }
  /// True when every field fitted and nothing is left over.
  bool complete() const noexcept { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_{true};
};

/// Decodes a whole message; false when the bytes are not exactly one.
template <class Message>
bool decode(std::string_view bytes, Message& message) noexcept {
  Reader reader(bytes);
  message.fields(reader);
  return reader.complete();
}

} // namespace sandbox::wire
