// SPDX-License-Identifier: Apache-2.0
//
// Calls of SQS: JSON over one kept connection, signed. libcurl is known here only. Used by one
// thread.
#pragma once

#include "queue.hpp"
#include "queues/sqs_config.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace worker {

using SqsJson = nlohmann::ordered_json;

/// The server understood and refuses: "QueueDoesNotExist", "ReceiptHandleIsInvalid".
class SqsError : public QueueError {
 public:
  SqsError(std::string code, const std::string& message)
      : QueueError("sqs: " + code + ": " + message), code_(std::move(code)) {}
  const std::string& code() const noexcept { return code_; }

 private:
  std::string code_;
};

/// The most that a message may have, its attributes included.
constexpr std::size_t sqs_max_message_bytes = 1024UL * 1024;

class SqsClient {
 public:
  /// Throws std::invalid_argument when there is no region or no credentials.
  explicit SqsClient(const SqsConfig& config);
  ~SqsClient();
  SqsClient(const SqsClient&) = delete;
  SqsClient& operator=(const SqsClient&) = delete;

  /// Throws SqsError, and QueueError when the server cannot be reached or fails. An answer that the
  /// server holds back is waited for by `holds` longer than others.
  SqsJson call(const std::string& action, const SqsJson& request,
               std::chrono::seconds holds = std::chrono::seconds{0});

  /// By which the server knows a queue of the configuration's; created when that says so. Asked for
  /// once.
  const std::string& url_of(std::string_view queue);
  static bool is_fifo(std::string_view queue) noexcept { return queue.ends_with(".fifo"); }

 private:
  struct Curl;

  std::string find_or_create(const std::string& name);

  SqsConfig config_;
  std::unique_ptr<Curl> curl_;
  std::map<std::string, std::string, std::less<>> urls_{};
};

} // namespace worker
