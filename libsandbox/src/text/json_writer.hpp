// SPDX-License-Identifier: Apache-2.0
//
// A JSON document (RFC 8259), written from front to end. A report that is first built in memory as
// nlohmann/json's own values takes ten times as long.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sandbox::text {

/// The caller sees to it that what is begun is ended, and that a member of an object has a key.
class JsonWriter {
 public:
  void begin_object() { begin('{'); }
  void end_object() { text_ += '}'; }
  void begin_array() { begin('['); }
  void end_array() { text_ += ']'; }

  /// The next value's; printable ASCII without quotes and backslashes.
  void key(std::string_view name);

  /// Bytes that are not UTF-8 are replaced by U+FFFD.
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(bool value);
  void value(std::nullptr_t);
  void value(std::integral auto number) {
    separate();
    text_ += std::to_string(number);
  }

  template <class Value>
  void member(std::string_view name, const Value& value) {
    key(name);
    this->value(value);
  }

  const std::string& text() const noexcept { return text_; }

 private:
  void separate();
  void begin(char bracket);

  std::string text_;
};

} // namespace sandbox::text
