// SPDX-License-Identifier: Apache-2.0
//
// One JSON document a line on stdout: time, level, worker, event, and what belongs to the event;
// "job" wherever there is one.
#pragma once

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spdlog {
class logger;
} // namespace spdlog

namespace worker {

using LogFields = nlohmann::ordered_json;

/// Thread-safe.
class Log {
 public:
  Log(std::string worker, const std::string& level);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void debug(std::string_view event, const LogFields& fields = {});
  void info(std::string_view event, const LogFields& fields = {});
  void warning(std::string_view event, const LogFields& fields = {});
  void error(std::string_view event, const LogFields& fields = {});

 private:
  friend class JobLog;
  /// `members` is the rest of the document, each with a comma before it.
  void write(int level, std::string_view time, std::string_view event, std::string_view members);
  void write(int level, std::string_view event, const LogFields& fields);

  std::string worker_; // as JSON
  std::shared_ptr<spdlog::logger> logger_;
};

/// The lines about one delivery, which are few; they go with a dead letter. Used by one thread.
class JobLog {
 public:
  JobLog(Log& log, const std::string& job, std::uint64_t attempt);

  void info(std::string_view event, const LogFields& fields = {});
  void warning(std::string_view event, const LogFields& fields = {});
  const std::vector<std::string>& tail() const noexcept { return tail_; }

 private:
  void write(int level, std::string_view event, const LogFields& fields);

  Log& log_;
  std::string members_; // that every line has
  std::vector<std::string> tail_{};
};

} // namespace worker
