// SPDX-License-Identifier: Apache-2.0
#include "progress_line.hpp"

#include "message.hpp"
#include "printable.hpp"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace sandbox::cli {
namespace {

constexpr std::chrono::milliseconds between_drawings{100};
constexpr std::size_t usual_width = 80;
constexpr std::size_t bar_width = 20;

bool can_draw() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                           : usual_width;
}

} // namespace

std::string progress_text(const std::string& label, const std::string& step, std::uint64_t current,
                          std::uint64_t total, std::size_t width) {
  std::string text = printable(label) + "  ";
  if (total > 0) {
    const double part = std::min(1.0, static_cast<double>(current) / static_cast<double>(total));
    const auto filled = static_cast<std::size_t>(part * bar_width);
    text += fmt::format("[{}{}] {:>3} %  ", std::string(filled, '#'),
                        std::string(bar_width - filled, '-'), static_cast<int>(part * 100));
  }
  text += printable(step);
  text.resize(std::min(text.size(), width));
  return text;
}

ProgressLine::ProgressLine(std::string label)
    : label_(std::move(label)), on_terminal_(can_draw()) {}

ProgressLine::~ProgressLine() {
  if (drawn_) {
    static_cast<void>(std::fputs("\r\x1b[K", stderr));
  }
}

void ProgressLine::show(const std::string& step, std::uint64_t current, std::uint64_t total) {
  const bool begins = step != step_;
  const auto now = std::chrono::steady_clock::now();
  if (!begins && (!on_terminal_ || now - last_ < between_drawings)) {
    return;
  }
  step_ = step;
  last_ = now;
  if (!on_terminal_) {
    say(printable(label_) + ": " + printable(step_));
    return;
  }
  draw(current, total);
  drawn_ = true;
}

void ProgressLine::draw(std::uint64_t current, std::uint64_t total) const {
  // One column stays free: a full line would wrap, and the next drawing begin below it.
  const std::string text = progress_text(label_, step_, current, total, terminal_width() - 1);
  static_cast<void>(std::fprintf(stderr, "\r%s\x1b[K", text.c_str()));
  static_cast<void>(std::fflush(stderr));
}

} // namespace sandbox::cli
