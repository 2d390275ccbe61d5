// SPDX-License-Identifier: Apache-2.0
#include "queues/sqs_message.hpp"

#include <charconv>

namespace worker {
namespace {

/// U+FFFE and U+FFFF are characters to JSON and to UTF-8, not to XML.
template <class Replace>
std::string replace_noncharacters(const std::string& text, Replace replacement) {
  constexpr std::string_view beginning = "\xEF\xBF";
  std::string result;
  std::size_t from = 0;
  for (std::size_t at = text.find(beginning); at != std::string::npos;
       at = text.find(beginning, at + 1)) {
    const char last = at + 2 < text.size() ? text[at + 2] : '\0';
    if (last == '\xBE' || last == '\xBF') {
      result.append(text, from, at - from);
      result += replacement(last == '\xBE');
      from = at + 3;
    }
  }
  return from == 0 ? text : result.append(text, from);
}

std::uint64_t number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

const SqsJson* member(const SqsJson& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  return found == json.end() ? nullptr : &*found;
}

std::string text(const SqsJson* value) {
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

} // namespace

std::string escape_for_sqs(std::string json) {
  return replace_noncharacters(json, [](bool first) { return first ? "\\ufffe" : "\\uffff"; });
}

std::string printable_for_sqs(const std::string& text) {
  std::string result = replace_noncharacters(text, [](bool) { return "?"; });
  for (char& c : result) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
    c = is_control ? '?' : c;
  }
  return result;
}

void add_attribute(SqsJson& request, const char* name, const std::string& value) {
  if (!value.empty()) {
    request["MessageAttributes"][name] = {{"DataType", "String"},
                                          {"StringValue", printable_for_sqs(value)}};
  }
}

void add_attribute(SqsJson& request, const char* name, std::uint64_t value) {
  request["MessageAttributes"][name] = {{"DataType", "Number"},
                                        {"StringValue", std::to_string(value)}};
}

std::string attribute(const SqsJson& message, const char* name) {
  const SqsJson* const all = member(message, "MessageAttributes");
  const SqsJson* const one = all == nullptr ? nullptr : member(*all, name);
  return one == nullptr ? std::string() : text(member(*one, "StringValue"));
}

std::uint64_t number_attribute(const SqsJson& message, const char* name) {
  return number(attribute(message, name));
}

std::uint64_t system_attribute(const SqsJson& message, const char* name) {
  const SqsJson* const all = member(message, "Attributes");
  return all == nullptr ? 0 : number(text(member(*all, name)));
}

} // namespace worker
