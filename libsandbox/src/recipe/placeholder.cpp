// SPDX-License-Identifier: Apache-2.0
#include "recipe/placeholder.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>

namespace sandbox::recipe {
namespace {

/// What an unlimited figure counts as, where a runtime wants a number.
constexpr std::uint64_t unlimited_memory = 4 * GiB;
constexpr std::uint64_t unlimited_processes = 4096;

[[noreturn]] void refuse(std::string_view placeholder, std::string_view why) {
  throw Error(ErrorCode::invalid_argument, fmt::format("placeholder {{{}}}", placeholder),
              std::string(why));
}

std::uint64_t bounded(std::uint64_t value, std::uint64_t otherwise) {
  return value == unlimited ? otherwise : value;
}

std::optional<std::uint64_t> figure(std::string_view name, const Limits& limits) {
  if (name == "memory_bytes") {
    return bounded(limits.memory_bytes, unlimited_memory);
  }
  if (name == "memory_mib") {
    return bounded(limits.memory_bytes, unlimited_memory) / MiB;
  }
  if (name == "cores") {
    return static_cast<std::uint64_t>(std::ceil(limits.cores));
  }
  if (name == "processes") {
    return bounded(limits.processes, unlimited_processes);
  }
  if (name == "stack_kib") {
    return bounded(limits.stack_bytes, unlimited_memory) / KiB;
  }
  return std::nullopt;
}

/// The operations behind a figure's name, from left to right: *3/4. The result is at least 1.
std::uint64_t calculate(std::uint64_t value, std::string_view operations, std::string_view whole) {
  while (!operations.empty()) {
    const char operation = operations.front();
    operations.remove_prefix(1);
    std::uint64_t operand = 0;
    const auto [end, error] =
        std::from_chars(operations.data(), operations.data() + operations.size(), operand);
    if (error != std::errc() || operand == 0 || operand > 1'000'000) {
      refuse(whole, "an operation needs a number from 1 to 1000000");
    }
    operations.remove_prefix(static_cast<std::size_t>(end - operations.data()));
    switch (operation) {
    case '*':
      if (__builtin_mul_overflow(value, operand, &value)) {
        refuse(whole, "is too large");
      }
      break;
    case '/':
      value /= operand;
      break;
    case '+':
      if (__builtin_add_overflow(value, operand, &value)) {
        refuse(whole, "is too large");
      }
      break;
    case '-':
      value -= std::min(value, operand);
      break;
    default:
      refuse(whole, "is not known");
    }
  }
  return std::max<std::uint64_t>(value, 1);
}

/// Submitters name their files, and compilers take some beginnings for something else: an option, a
/// file of options, sqlite3's .read a command.
std::string as_path(const std::string& name) {
  const bool may_mislead =
      !name.empty() && std::string_view("-+@|").find(name.front()) != std::string_view::npos;
  return may_mislead ? "./" + name : name;
}

std::string value_of(std::string_view placeholder, const ExpansionJob& job) {
  if (placeholder == "source") {
    return as_path(job.source);
  }
  if (placeholder == "artifact") {
    if (job.artifact.empty()) {
      refuse(placeholder, "stands for nothing: the recipe names no artifact");
    }
    return job.artifact;
  }
  const std::size_t name_end = std::min(placeholder.find_first_of("*/+-"), placeholder.size());
  const auto number = figure(placeholder.substr(0, name_end), job.limits);
  if (!number) {
    refuse(placeholder, placeholder == "sources" || placeholder == "args"
                            ? "must stand alone in an element of argv"
                            : "is not known");
  }
  return fmt::to_string(calculate(*number, placeholder.substr(name_end), placeholder));
}

} // namespace

std::string replace_placeholders(std::string_view text, const ExpansionJob& job) {
  std::string result;
  while (!text.empty()) {
    const char c = text.front();
    if ((c == '{' || c == '}') && text.size() > 1 && text[1] == c) {
      result += c;
      text.remove_prefix(2);
    } else if (c == '{') {
      const std::size_t end = text.find('}');
      if (end == std::string_view::npos) {
        refuse(text.substr(1), "has no end; a brace is written {{");
      }
      result += value_of(text.substr(1, end - 1), job);
      text.remove_prefix(end + 1);
    } else if (c == '}') {
      throw Error(ErrorCode::invalid_argument, {}, "a } without its {; a brace is written }}");
    } else {
      result += c;
      text.remove_prefix(1);
    }
  }
  return result;
}

void check_placeholders(std::string_view text, std::string_view artifact, bool may_stand_alone) {
  if (!may_stand_alone || (text != sources_placeholder && text != args_placeholder)) {
    ExpansionJob job;
    job.artifact = artifact;
    replace_placeholders(text, job);
  }
}

} // namespace sandbox::recipe

namespace sandbox {

std::vector<std::string> expand(const std::vector<std::string>& argv, const ExpansionJob& job) {
  std::vector<std::string> expanded;
  for (const std::string& element : argv) {
    if (element == recipe::sources_placeholder) {
      std::transform(job.sources.begin(), job.sources.end(), std::back_inserter(expanded),
                     recipe::as_path);
    } else if (element == recipe::args_placeholder) {
      expanded.insert(expanded.end(), job.args.begin(), job.args.end());
    } else {
      expanded.push_back(recipe::replace_placeholders(element, job));
    }
  }
  return expanded;
}

std::vector<std::pair<std::string, std::string>>
expand_env(const std::vector<std::pair<std::string, std::string>>& env, const ExpansionJob& job) {
  std::vector<std::pair<std::string, std::string>> expanded;
  expanded.reserve(env.size());
  for (const auto& [name, value] : env) {
    expanded.emplace_back(name, recipe::replace_placeholders(value, job));
  }
  return expanded;
}

} // namespace sandbox
