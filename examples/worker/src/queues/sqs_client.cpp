// SPDX-License-Identifier: Apache-2.0
#include "queues/sqs_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>
#include <stdexcept>

#include <curl/curl.h>

namespace worker {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t max_answer_bytes = 32UL * 1024 * 1024;

std::string from_environment(std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    if (const char* const value = std::getenv(name); value != nullptr && *value != '\0') {
      return value;
    }
  }
  return {};
}

std::size_t append(char* bytes, std::size_t one, std::size_t count, void* answer) {
  auto& text = *static_cast<std::string*>(answer);
  if (text.size() + count > max_answer_bytes) {
    return 0;
  }
  text.append(bytes, one * count);
  return one * count;
}

struct ListDeleter {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, ListDeleter>;

Headers headers(std::initializer_list<std::string> lines) {
  Headers list;
  for (const std::string& line : lines) {
    if (!line.empty()) {
      list.reset(curl_slist_append(list.release(), line.c_str()));
    }
  }
  return list;
}

/// "com.amazonaws.sqs#QueueDoesNotExist", and from some servers "...Exception" or a prefix "AWS.".
/// A gateway before the server tells nothing but the status.
std::string code_of(long status, const SqsJson& answer) {
  if (!answer.is_object() || !answer.contains("__type")) {
    return fmt::format("status {}", status);
  }
  std::string code = answer.value("__type", std::string());
  code.erase(0, code.rfind('#') + 1);
  constexpr std::string_view tail = "Exception";
  if (code.size() > tail.size() && code.ends_with(tail)) {
    code.resize(code.size() - tail.size());
  }
  return code;
}

[[noreturn]] void refuse(long status, const SqsJson& answer) {
  const std::string code = code_of(status, answer);
  const std::string message = answer.is_object()
                                  ? answer.value("message", answer.value("Message", std::string()))
                                  : "an answer that is not JSON";
  constexpr long server_failed = 500;
  if (status >= server_failed || code.find("Throttl") != std::string::npos) {
    throw QueueError("sqs: " + code + ": " + message);
  }
  throw SqsError(code, message);
}

} // namespace

struct SqsClient::Curl {
  CURL* handle;
  std::string url;
  std::string signing;
  std::string user;
  std::string password;
  std::string token_header;
  std::array<char, CURL_ERROR_SIZE> failure{};
};

SqsClient::SqsClient(const SqsConfig& config) : config_(config), curl_(std::make_unique<Curl>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const std::string region = config.region.empty()
                                 ? from_environment({"AWS_REGION", "AWS_DEFAULT_REGION"})
                                 : config.region;
  curl_->user = from_environment({"AWS_ACCESS_KEY_ID"});
  curl_->password = from_environment({"AWS_SECRET_ACCESS_KEY"});
  const std::string token = from_environment({"AWS_SESSION_TOKEN"});
  if (region.empty()) {
    throw std::invalid_argument("sqs.region: is needed, here or in AWS_REGION");
  }
  if (curl_->user.empty() || curl_->password.empty()) {
    throw std::invalid_argument(
        "sqs: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be in the environment");
  }
  curl_->token_header = token.empty() ? "" : "X-Amz-Security-Token: " + token;
  curl_->url = config.endpoint.empty() ? fmt::format("https://sqs.{}.amazonaws.com/", region)
                                       : config.endpoint;
  if (!curl_->url.ends_with('/')) {
    curl_->url += '/';
  }
  curl_->signing = fmt::format("aws:amz:{}:sqs", region);
  curl_->handle = curl_easy_init();
  if (curl_->handle == nullptr) {
    throw std::bad_alloc();
  }
}

SqsClient::~SqsClient() {
  curl_easy_cleanup(curl_->handle);
}

SqsJson SqsClient::call(const std::string& action, const SqsJson& request,
                        std::chrono::seconds holds) {
  const std::string body = request.dump(-1, ' ', false, SqsJson::error_handler_t::replace);
  const Headers lines = headers({"Content-Type: application/x-amz-json-1.0",
                                 "X-Amz-Target: AmazonSQS." + action, curl_->token_header});
  std::string answer;
  CURL* const handle = curl_->handle;
  curl_easy_reset(handle); // keeps the connection
  const auto set = [handle](CURLoption option, auto value) {
    if (const CURLcode code = curl_easy_setopt(handle, option, value); code != CURLE_OK) {
      throw QueueError(fmt::format("sqs: libcurl option {}: {}", static_cast<int>(option),
                                   curl_easy_strerror(code)));
    }
  };
  set(CURLOPT_URL, curl_->url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(milliseconds(config_.timeout + holds).count()));
  // A body of a megabyte is sent without waiting for leave. (To remove the header "Expect:" is no
  // way: libcurl 7.88 signs the headers that it was told to leave out.)
  set(CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
  set(CURLOPT_ERRORBUFFER, curl_->failure.data());
  set(CURLOPT_HTTPHEADER, lines.get());
  set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  set(CURLOPT_POSTFIELDS, body.c_str());
  set(CURLOPT_AWS_SIGV4, curl_->signing.c_str());
  set(CURLOPT_USERNAME, curl_->user.c_str());
  set(CURLOPT_PASSWORD, curl_->password.c_str());
  set(CURLOPT_WRITEFUNCTION, append);
  set(CURLOPT_WRITEDATA, &answer);
  curl_->failure[0] = '\0';
  if (const CURLcode code = curl_easy_perform(handle); code != CURLE_OK) {
    throw QueueError(
        fmt::format("sqs: {}: {}", action,
                    curl_->failure[0] != '\0' ? curl_->failure.data() : curl_easy_strerror(code)));
  }
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  SqsJson parsed = answer.empty() ? SqsJson::object() : SqsJson::parse(answer, nullptr, false);
  constexpr long fine = 200;
  if (status != fine || !parsed.is_object()) {
    refuse(status, parsed);
  }
  return parsed;
}

const std::string& SqsClient::url_of(std::string_view queue) {
  std::string name = config_.queue_prefix + std::string(queue);
  std::replace(name.begin(), name.end(), ':', '-');
  const auto found = urls_.find(name);
  return found != urls_.end() ? found->second : urls_[name] = find_or_create(name);
}

std::string SqsClient::find_or_create(const std::string& name) {
  try {
    return call("GetQueueUrl", {{"QueueName", name}}).value("QueueUrl", "");
  } catch (const SqsError& error) {
    if (!config_.create_queues || error.code() != "QueueDoesNotExist") {
      throw QueueError(fmt::format("queue {}: {}", name, error.what()));
    }
  }
  SqsJson request{{"QueueName", name}};
  if (is_fifo(name)) {
    request["Attributes"] = {{"FifoQueue", "true"}};
  }
  return call("CreateQueue", request).value("QueueUrl", "");
}

} // namespace worker
