// SPDX-License-Identifier: Apache-2.0
#include "docker/build_progress.hpp"

#include "docker/message.hpp"

#include <charconv>
#include <utility>

namespace sandbox::docker {
namespace {

constexpr std::size_t longest_line = 1024;
constexpr std::size_t lines_in_tail = 3;

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) {
    return false;
  }
  text.remove_prefix(word.size());
  return true;
}

bool take(std::string_view& text, std::uint64_t& number) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return error == std::errc{};
}

/// "Step 2/4 : RUN make"
std::optional<ImageProgress> parse_step(std::string_view line) {
  std::string_view rest = line;
  ImageProgress progress{std::string(line), 0, 0};
  if (take(rest, "Step ") && take(rest, progress.current) && take(rest, "/") &&
      take(rest, progress.total) && take(rest, " : ")) {
    return progress;
  }
  return std::nullopt;
}

/// What no command printed.
bool is_the_builders(std::string_view line) {
  return line.starts_with(" --->") || line.starts_with("Removing intermediate container ");
}

} // namespace

std::optional<ImageProgress> BuildProgress::add(std::string_view part) {
  std::optional<ImageProgress> step;
  for (const char c : part) {
    if (c == '\n' || c == '\r') {
      if (auto begun = finish_line()) {
        step = std::move(begun);
      }
    } else if (line_.size() < longest_line) {
      line_ += c;
    }
  }
  return step;
}

std::optional<ImageProgress> BuildProgress::finish_line() {
  const std::string line = std::exchange(line_, {});
  if (auto step = parse_step(line)) {
    last_.clear();
    return step;
  }
  if (line.find_first_not_of(" \t") != std::string::npos && !is_the_builders(line)) {
    last_.push_back(line);
    if (last_.size() > lines_in_tail) {
      last_.pop_front();
    }
  }
  return std::nullopt;
}

std::string BuildProgress::tail() const {
  std::string text;
  for (const std::string& line : last_) {
    text += (text.empty() ? "" : " | ") + line;
  }
  if (line_.find_first_not_of(" \t") != std::string::npos) {
    text += (text.empty() ? "" : " | ") + line_;
  }
  return printable(text);
}

} // namespace sandbox::docker
