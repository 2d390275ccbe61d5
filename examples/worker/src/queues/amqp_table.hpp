// SPDX-License-Identifier: Apache-2.0
//
// Named values of AMQP (arguments, headers) as the library's C structures and back.
#pragma once

#include <amqp.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace worker {

using AmqpValue = std::variant<std::string, std::int64_t>;
using AmqpTable = std::vector<std::pair<std::string, AmqpValue>>;

/// `text` must live as long as what it gives.
amqp_bytes_t to_bytes(std::string_view text) noexcept;
std::string to_text(amqp_bytes_t bytes);

/// The C structure over `table`, which must outlive it.
class AmqpTableView {
 public:
  explicit AmqpTableView(const AmqpTable& table);
  amqp_table_t get() noexcept;

 private:
  std::vector<amqp_table_entry_t> entries_;
};

/// Of the values only texts and whole numbers.
AmqpTable to_table(const amqp_table_t& table);

/// "" and `otherwise` for what is not there or is of another type; a decimal text is a number too.
std::string text_in(const AmqpTable& table, std::string_view name);
std::uint64_t number_in(const AmqpTable& table, std::string_view name, std::uint64_t otherwise);

} // namespace worker
