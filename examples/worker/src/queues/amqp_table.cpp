// SPDX-License-Identifier: Apache-2.0
#include "queues/amqp_table.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace worker {
namespace {

amqp_field_value_t to_field(const AmqpValue& value) {
  amqp_field_value_t field{};
  if (const auto* const text = std::get_if<std::string>(&value)) {
    field.kind = AMQP_FIELD_KIND_UTF8;
    field.value.bytes = to_bytes(*text);
  } else {
    field.kind = AMQP_FIELD_KIND_I64;
    field.value.i64 = std::get<std::int64_t>(value);
  }
  return field;
}

std::optional<AmqpValue> to_value(const amqp_field_value_t& field) {
  switch (field.kind) {
  case AMQP_FIELD_KIND_UTF8:
  case AMQP_FIELD_KIND_BYTES:
    return to_text(field.value.bytes);
  case AMQP_FIELD_KIND_I8:
    return std::int64_t{field.value.i8};
  case AMQP_FIELD_KIND_U8:
    return std::int64_t{field.value.u8};
  case AMQP_FIELD_KIND_I16:
    return std::int64_t{field.value.i16};
  case AMQP_FIELD_KIND_U16:
    return std::int64_t{field.value.u16};
  case AMQP_FIELD_KIND_I32:
    return std::int64_t{field.value.i32};
  case AMQP_FIELD_KIND_U32:
    return std::int64_t{field.value.u32};
  case AMQP_FIELD_KIND_I64:
    return field.value.i64;
  default:
    return std::nullopt;
  }
}

const AmqpValue* find(const AmqpTable& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [name](const auto& entry) { return entry.first == name; });
  return found == table.end() ? nullptr : &found->second;
}

} // namespace

amqp_bytes_t to_bytes(std::string_view text) noexcept {
  // The library's structure serves both directions; what is sent is only read.
  return {text.size(),
          const_cast<char*>(text.data())}; // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

std::string to_text(amqp_bytes_t bytes) {
  return {static_cast<const char*>(bytes.bytes), bytes.len};
}

AmqpTableView::AmqpTableView(const AmqpTable& table) {
  for (const auto& [name, value] : table) {
    entries_.push_back({to_bytes(name), to_field(value)});
  }
}

amqp_table_t AmqpTableView::get() noexcept {
  return {static_cast<int>(entries_.size()), entries_.data()};
}

AmqpTable to_table(const amqp_table_t& table) {
  AmqpTable values;
  for (int i = 0; i < table.num_entries; ++i) {
    if (auto value = to_value(table.entries[i].value)) {
      values.emplace_back(to_text(table.entries[i].key), *std::move(value));
    }
  }
  return values;
}

std::string text_in(const AmqpTable& table, std::string_view name) {
  const AmqpValue* const value = find(table, name);
  const auto* const text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string() : *text;
}

std::uint64_t number_in(const AmqpTable& table, std::string_view name, std::uint64_t otherwise) {
  const AmqpValue* const value = find(table, name);
  if (value == nullptr) {
    return otherwise;
  }
  if (const auto* const number = std::get_if<std::int64_t>(value)) {
    return *number < 0 ? otherwise : static_cast<std::uint64_t>(*number);
  }
  const std::string& text = std::get<std::string>(*value);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : otherwise;
}

} // namespace worker
