// SPDX-License-Identifier: Apache-2.0
#include "recipe/nearest.hpp"

#include <algorithm>
#include <vector>

namespace sandbox::recipe {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

} // namespace

std::string nearest(std::string_view word, std::span<const std::string_view> known) {
  constexpr std::size_t farthest = 2;
  std::string best;
  std::size_t best_distance = farthest + 1;
  for (const std::string_view candidate : known) {
    if (const std::size_t here = distance(word, candidate); here < best_distance) {
      best = candidate;
      best_distance = here;
    }
  }
  return best;
}

} // namespace sandbox::recipe
