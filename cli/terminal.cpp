// SPDX-License-Identifier: Apache-2.0
#include "terminal.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace sandbox::cli {
namespace {

/// How many bytes the character that `lead` begins has; 1 for what begins none.
std::size_t expected_length(unsigned char lead) noexcept {
  if (lead >= 0xF0 && lead <= 0xF4) {
    return 4;
  }
  if (lead >= 0xE0) {
    return lead <= 0xEF ? 3 : 1;
  }
  return lead >= 0xC2 ? 2 : 1;
}

bool is_continuation(unsigned char byte) noexcept {
  return (byte & 0xC0) == 0x80;
}

/// A complete character that is none of C1's (U+0080 to U+009F).
bool is_printable(std::string_view character) noexcept {
  const auto first = static_cast<unsigned char>(character[0]);
  const auto second = static_cast<unsigned char>(character[1]);
  if (first == 0xC2 && second < 0xA0) {
    return false;
  }
  return !(first == 0xE0 && second < 0xA0) && !(first == 0xED && second > 0x9F) &&
         !(first == 0xF0 && second < 0x90) && !(first == 0xF4 && second > 0x8F);
}

void append_byte(std::string& text, unsigned char byte) {
  if (byte == '\n' || byte == '\t' || byte == '\r' || (byte >= 0x20 && byte < 0x7F)) {
    text += static_cast<char>(byte);
  } else if (byte < 0x20 || byte == 0x7F) {
    text += '^';
    text += static_cast<char>(byte ^ 0x40);
  } else {
    text += fmt::format("\\x{:02x}", byte);
  }
}

} // namespace

std::string ControlEscaper::escape(std::string_view bytes) {
  pending_ += bytes;
  std::string text;
  std::size_t i = 0;
  while (i < pending_.size()) {
    const std::size_t length = expected_length(static_cast<unsigned char>(pending_[i]));
    std::size_t present = 1;
    while (present < length && i + present < pending_.size() &&
           is_continuation(static_cast<unsigned char>(pending_[i + present]))) {
      ++present;
    }
    if (present < length && i + present == pending_.size()) {
      break;
    }
    const std::string_view character = std::string_view(pending_).substr(i, present);
    if (length > 1 && present == length && is_printable(character)) {
      text += character;
    } else {
      for (const char byte : character) {
        append_byte(text, static_cast<unsigned char>(byte));
      }
    }
    i += present;
  }
  pending_.erase(0, i);
  return text;
}

std::string ControlEscaper::finish() {
  std::string text;
  for (const char byte : pending_) {
    append_byte(text, static_cast<unsigned char>(byte));
  }
  pending_.clear();
  return text;
}

TerminalSink::TerminalSink(bool raw)
    : escape_out_(!raw && ::isatty(STDOUT_FILENO) == 1),
      escape_err_(!raw && ::isatty(STDERR_FILENO) == 1), through_(STDOUT_FILENO, STDERR_FILENO) {}

void TerminalSink::write(Stream stream, std::string_view bytes) {
  const bool err = stream == Stream::standard_error;
  if (err ? escape_err_ : escape_out_) {
    through_.write(stream, (err ? err_ : out_).escape(bytes));
  } else {
    through_.write(stream, bytes);
  }
}

void TerminalSink::finish() {
  through_.write(Stream::standard_output, out_.finish());
  through_.write(Stream::standard_error, err_.finish());
}

} // namespace sandbox::cli
