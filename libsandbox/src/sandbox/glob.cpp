// SPDX-License-Identifier: Apache-2.0
#include "sandbox/glob.hpp"

#include <vector>

namespace sandbox {
namespace {

/// One element of a pattern; takes it off. `star` elements match runs, the others one byte.
struct Element {
  enum class Kind : unsigned char { literal, any, set, star, double_star } kind{Kind::literal};
  char literal{0};
  std::string_view set; // what stands between the brackets
};

Element take_element(std::string_view& pattern) noexcept {
  const char first = pattern.front();
  pattern.remove_prefix(1);
  if (first == '*') {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      return {Element::Kind::double_star, 0, {}};
    }
    return {Element::Kind::star, 0, {}};
  }
  if (first == '?') {
    return {Element::Kind::any, 0, {}};
  }
  if (first == '[') {
    const std::size_t end = pattern.find(']', 1);
    if (end != std::string_view::npos) {
      const std::string_view set = pattern.substr(0, end);
      pattern.remove_prefix(end + 1);
      return {Element::Kind::set, 0, set};
    }
  }
  if (first == '\\' && !pattern.empty()) {
    const char next = pattern.front();
    pattern.remove_prefix(1);
    return {Element::Kind::literal, next, {}};
  }
  return {Element::Kind::literal, first, {}};
}

bool in_set(std::string_view set, char c) noexcept {
  const bool negated = !set.empty() && set.front() == '!';
  if (negated) {
    set.remove_prefix(1);
  }
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      found = found || (set[i] <= c && c <= set[i + 2]);
      i += 2;
    } else {
      found = found || set[i] == c;
    }
  }
  return found != negated && c != '/';
}

bool matches_one(const Element& element, char c) noexcept {
  switch (element.kind) {
  case Element::Kind::literal:
    return element.literal == c;
  case Element::Kind::set:
    return in_set(element.set, c);
  default:
    return c != '/';
  }
}

} // namespace

// Row by row over the pattern: reached[i] says whether the pattern so far can match the first i
// bytes of the path.
bool matches_glob(std::string_view pattern, std::string_view path) noexcept {
  std::vector<bool> reached(path.size() + 1, false);
  reached[0] = true;
  while (!pattern.empty()) {
    const Element element = take_element(pattern);
    const bool run =
        element.kind == Element::Kind::star || element.kind == Element::Kind::double_star;
    std::vector<bool> next(path.size() + 1, false);
    for (std::size_t i = 0; i <= path.size(); ++i) {
      if (run) {
        const bool extends = i > 0 && next[i - 1] &&
                             (element.kind == Element::Kind::double_star || path[i - 1] != '/');
        next[i] = reached[i] || extends;
      } else if (i > 0) {
        next[i] = reached[i - 1] && matches_one(element, path[i - 1]);
      }
    }
    reached = std::move(next);
  }
  return reached[path.size()];
}

} // namespace sandbox
