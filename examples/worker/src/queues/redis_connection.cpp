// SPDX-License-Identifier: Apache-2.0
#include "queues/redis_connection.hpp"

#include "queues/redis_error.hpp"
#include "queues/script.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <sys/time.h>

#include <charconv>
#include <map>
#include <mutex>
#include <utility>

namespace worker {
namespace {

using std::chrono::milliseconds;

timeval to_timeval(milliseconds duration) {
  return {duration.count() / 1000, duration.count() % 1000 * 1000};
}

/// The server's name for a script: the same on every server, so that it is learned once.
class ScriptNames {
 public:
  std::string find(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(name);
    return found == names_.end() ? std::string() : found->second;
  }
  void remember(std::string_view name, std::string sha) {
    const std::lock_guard lock(mutex_);
    names_.insert_or_assign(std::string(name), std::move(sha));
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> names_;
};

/// What several scripts need comes before each of them.
std::string text_of(std::string_view name) {
  const auto is_on = [name](std::string_view kind) { return name.substr(0, kind.size()) == kind; };
  return fmt::format("{}\n{}\n{}", script("common"),
                     is_on("redis_streams") ? script("redis_streams_common")
                     : is_on("redis_list")  ? script("redis_list_common")
                                            : "",
                     script(name));
}

/// Of those who have no password it takes short commands only.
bool lets_nobody_in(const RedisError& error) {
  return error.is("NOAUTH") || error.is("ERR Protocol error: unauthenticated");
}

ScriptNames& script_names() {
  static ScriptNames names;
  return names;
}

} // namespace

bool RedisReply::is_null() const noexcept {
  return reply_->type == REDIS_REPLY_NIL;
}

std::size_t RedisReply::size() const noexcept {
  return reply_->type == REDIS_REPLY_ARRAY ? reply_->elements : 0;
}

RedisReply RedisReply::operator[](std::size_t index) const {
  if (index >= size()) {
    throw QueueError(fmt::format("redis: an answer has no part {}", index));
  }
  return RedisReply({reply_, reply_->element[index]});
}

std::string_view RedisReply::text() const {
  if (reply_->type != REDIS_REPLY_STRING && reply_->type != REDIS_REPLY_STATUS) {
    throw QueueError("redis: an answer is no text");
  }
  return {reply_->str, static_cast<std::size_t>(reply_->len)};
}

long long RedisReply::integer() const {
  if (reply_->type == REDIS_REPLY_INTEGER) {
    return reply_->integer;
  }
  long long value = 0;
  const std::string_view digits = text();
  if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc()) {
    throw QueueError("redis: an answer is no number");
  }
  return value;
}

std::string RedisReply::field(std::string_view name) const {
  for (std::size_t i = 0; i + 1 < size(); i += 2) {
    if ((*this)[i].text() == name) {
      const RedisReply value = (*this)[i + 1];
      return value.is_null() ? std::string() : std::string(value.text());
    }
  }
  return {};
}

void RedisConnection::Closer::operator()(redisContext* context) const noexcept {
  redisFree(context);
}

RedisConnection::RedisConnection(const RedisConfig& config, std::string scripts)
    : configured_(parse_redis_url(config.url)), url_(configured_), timeout_(config.timeout),
      scripts_(std::move(scripts)) {}

RedisConnection::~RedisConnection() = default;

void RedisConnection::close() noexcept {
  context_.reset();
}

void RedisConnection::lost(const std::string& doing) {
  const std::string why = context_ == nullptr ? "out of memory" : context_->errstr;
  close();
  throw QueueError(fmt::format("redis: {}: {}", doing, why));
}

/// Of a connection that was not made whole nothing is used: answers may be still to come, the user
/// or the database be another. A node that was followed to is left for the one that is configured.
void RedisConnection::connect() try {
  const timeval timeout = to_timeval(timeout_);
  context_.reset(url_.socket.empty()
                     ? redisConnectWithTimeout(url_.host.c_str(), url_.port, timeout)
                     : redisConnectUnixWithTimeout(url_.socket.c_str(), timeout));
  const std::string where =
      url_.socket.empty() ? fmt::format("{}:{}", url_.host, url_.port) : url_.socket;
  if (context_ == nullptr || context_->err != 0) {
    lost("connect to " + where);
  }
  if (url_.socket.empty() && redisEnableKeepAlive(context_.get()) != REDIS_OK) {
    lost("keep-alive");
  }
  patience_ = milliseconds{-1};
  authenticate();
  load_scripts();
} catch (...) {
  close();
  url_ = configured_;
  throw;
}

void RedisConnection::authenticate() {
  std::vector<std::vector<std::string>> commands;
  if (!url_.password.empty()) {
    commands.push_back({"AUTH"});
    if (!url_.user.empty()) {
      commands.back().push_back(url_.user);
    }
    commands.back().push_back(url_.password);
  }
  if (url_.database != 0) {
    commands.push_back({"SELECT", std::to_string(url_.database)});
  }
  for (const auto& words : commands) {
    exchange({words.begin(), words.end()}, timeout_);
  }
}

/// In one round trip. What the server refuses to load is loaded, or complained of, when it is run.
void RedisConnection::load_scripts() {
  const std::vector<std::string_view> names = scripts_of(scripts_);
  set_patience(timeout_);
  for (const std::string_view name : names) {
    const std::string text = text_of(name);
    if (redisAppendCommand(context_.get(), "SCRIPT LOAD %b", text.data(), text.size()) !=
        REDIS_OK) {
      lost("SCRIPT LOAD");
    }
  }
  for (const std::string_view name : names) {
    try {
      script_names().remember(name, std::string(answer("SCRIPT LOAD").text()));
    } catch (const RedisError&) {
      continue;
    }
  }
}

void RedisConnection::set_patience(milliseconds patience) {
  if (patience == patience_) {
    return;
  }
  if (redisSetTimeout(context_.get(), to_timeval(patience)) != REDIS_OK) {
    lost("timeout");
  }
  patience_ = patience;
}

RedisReply RedisConnection::answer(std::string_view doing) {
  void* raw = nullptr;
  if (redisGetReply(context_.get(), &raw) != REDIS_OK || raw == nullptr) {
    lost(std::string(doing));
  }
  const std::shared_ptr<redisReply> reply(static_cast<redisReply*>(raw), freeReplyObject);
  if (reply->type == REDIS_REPLY_ERROR) {
    throw RedisError(std::string(reply->str, static_cast<std::size_t>(reply->len)));
  }
  return RedisReply(reply);
}

RedisReply RedisConnection::exchange(const std::vector<std::string_view>& words,
                                     milliseconds patience) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string_view word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  set_patience(patience);
  if (redisAppendCommandArgv(context_.get(), static_cast<int>(texts.size()), texts.data(),
                             sizes.data()) != REDIS_OK) {
    lost(std::string(words.front()));
  }
  try {
    return answer(words.front());
  } catch (const RedisError& error) {
    if (error.is("READONLY") || error.is("MASTERDOWN") || lets_nobody_in(error)) {
      close(); // by the next connection the name may be another server's
      url_ = configured_;
    }
    throw;
  }
}

RedisReply RedisConnection::command(const std::vector<std::string_view>& words,
                                    milliseconds blocks) {
  if (context_ == nullptr) {
    connect();
  }
  try {
    return exchange(words, timeout_ + blocks);
  } catch (const RedisError& error) {
    if (!error.is("MOVED ")) {
      throw;
    }
    follow(error.what());
  }
  return exchange(words, timeout_ + blocks);
}

/// "MOVED 3999 10.0.0.2:6379": another node of a cluster has the keys, which all lie in one slot.
/// It is asked from now on, until it is gone or lets nobody in.
void RedisConnection::follow(std::string_view moved) {
  const std::string_view address = moved.substr(moved.rfind(' ') + 1);
  const std::size_t colon = address.rfind(':');
  int port = 0;
  const char* const end = address.data() + address.size();
  if (colon == std::string_view::npos ||
      std::from_chars(address.data() + colon + 1, end, port).ptr != end) {
    throw QueueError("redis: " + std::string(moved));
  }
  close();
  url_.socket.clear();
  url_.port = port;
  if (colon > 0) { // else it is the same host
    url_.host = address.substr(0, colon);
  }
  connect();
}

RedisReply RedisConnection::run_script(std::string_view name, std::string_view key,
                                       const std::vector<std::string>& arguments) {
  const auto load = [&] {
    std::string sha(command({"SCRIPT", "LOAD", text_of(name)}).text());
    script_names().remember(name, sha);
    return sha;
  };
  const auto run = [&](const std::string& sha) {
    std::vector<std::string_view> words{"EVALSHA", sha, "1", key};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return command(words);
  };
  const std::string sha = script_names().find(name);
  try {
    return run(sha.empty() ? load() : sha);
  } catch (const RedisError& error) {
    if (!error.is("NOSCRIPT")) {
      throw;
    }
    return run(load()); // the server was started anew, or is another
  }
}

bool RedisConnection::await_message(milliseconds patience, std::string& message) {
  if (context_ == nullptr) {
    throw QueueError("redis: not subscribed");
  }
  set_patience(patience);
  void* raw = nullptr;
  if (redisGetReply(context_.get(), &raw) != REDIS_OK) {
    if (context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      context_->err = 0;
      context_->errstr[0] = '\0';
      return false;
    }
    lost("subscription");
  }
  const RedisReply reply(
      std::shared_ptr<redisReply>(static_cast<redisReply*>(raw), freeReplyObject));
  if (reply.size() == 3 && reply[0].text() == "message") {
    message = reply[2].text();
    return true;
  }
  return false;
}

} // namespace worker
