// SPDX-License-Identifier: Apache-2.0
//
// What stands in SQS's messages beside a payload, and what may stand there.
#pragma once

#include "queues/sqs_client.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace worker {

/// SQS takes only what XML can say. In a JSON text the two characters it can have and XML cannot
/// are written as escapes; the text means the same.
std::string escape_for_sqs(std::string json);

/// Any text for people: what SQS would refuse is replaced.
std::string printable_for_sqs(const std::string& text);

/// Adds a message attribute; none when it is empty, which SQS refuses.
void add_attribute(SqsJson& request, const char* name, const std::string& value);
void add_attribute(SqsJson& request, const char* name, std::uint64_t value);

/// Of a received message; "" and 0 for what is not there or is no number.
std::string attribute(const SqsJson& message, const char* name);
std::uint64_t number_attribute(const SqsJson& message, const char* name);
std::uint64_t system_attribute(const SqsJson& message, const char* name);

} // namespace worker
