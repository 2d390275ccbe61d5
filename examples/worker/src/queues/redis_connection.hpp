// SPDX-License-Identifier: Apache-2.0
//
// One connection to a Redis server, made when it is first needed and again after it was lost.
// hiredis is known here only. Used by one thread.
#pragma once

#include "queues/redis_config.hpp"
#include "queues/redis_url.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct redisContext;
struct redisReply;

namespace worker {

/// An answer, or a part of one.
class RedisReply {
 public:
  explicit RedisReply(std::shared_ptr<const redisReply> reply) : reply_(std::move(reply)) {}

  bool is_null() const noexcept;
  std::size_t size() const noexcept;              // of a list; 0 for anything else
  RedisReply operator[](std::size_t index) const; // throws QueueError when there is none
  std::string_view text() const;                  // throws QueueError for a number or list
  long long integer() const;                      // a decimal text too; throws QueueError
  /// What stands after `name` in a list of names and values; "" when it is not there.
  std::string field(std::string_view name) const;

 private:
  std::shared_ptr<const redisReply> reply_;
};

class RedisConnection {
 public:
  /// The scripts whose names begin with `scripts` and "_" are loaded when a connection is made, so
  /// that no job waits for it. Throws std::invalid_argument for a URL that cannot be meant.
  explicit RedisConnection(const RedisConfig& config, std::string scripts = {});
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// Throws QueueError when the server cannot be reached, and for an answer that is an error;
  /// RedisError for those that tell something of the command rather than of the server. A blocking
  /// command is waited for by `blocks` longer than others.
  RedisReply command(const std::vector<std::string_view>& words,
                     std::chrono::milliseconds blocks = {});

  /// A script of the build's, common.lua before it; loaded when the server does not know it.
  RedisReply run_script(std::string_view name, std::string_view key,
                        const std::vector<std::string>& arguments);

  void close() noexcept;

  /// Waits for a message of a channel that was subscribed to; false after `patience`.
  bool await_message(std::chrono::milliseconds patience, std::string& message);

 private:
  struct Closer {
    void operator()(redisContext* context) const noexcept;
  };

  void connect();
  void authenticate();
  void load_scripts();
  void set_patience(std::chrono::milliseconds patience);
  RedisReply answer(std::string_view doing);
  void follow(std::string_view moved);
  RedisReply exchange(const std::vector<std::string_view>& words,
                      std::chrono::milliseconds patience);
  [[noreturn]] void lost(const std::string& doing);

  RedisUrl configured_;
  RedisUrl url_; // of the node that has the keys, as far as is known
  std::chrono::milliseconds timeout_;
  std::string scripts_;
  std::chrono::milliseconds patience_{-1}; // that the socket has
  std::unique_ptr<redisContext, Closer> context_;
};

} // namespace worker
