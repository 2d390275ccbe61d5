// SPDX-License-Identifier: Apache-2.0
#include "log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace worker {
namespace {

std::string text_of(const LogFields& value) {
  return value.dump(-1, ' ', false, LogFields::error_handler_t::replace);
}

/// What stands between the braces of these, a comma before it.
std::string members_of(const LogFields& fields) {
  if (fields.empty()) {
    return {};
  }
  std::string text = text_of(fields);
  text.front() = ',';
  text.pop_back();
  return text;
}

std::string event_members(std::string_view event, std::string_view members) {
  return fmt::format("\"event\":{}{}", text_of(event), members);
}

std::string timestamp() {
  const auto now = std::chrono::system_clock::now();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()) % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)), milliseconds.count());
}

} // namespace

Log::Log(std::string worker, const std::string& level)
    : worker_(text_of(worker)), logger_(std::make_shared<spdlog::logger>(
                                    "worker", std::make_shared<spdlog::sinks::stdout_sink_mt>())) {
  logger_->set_pattern("%v");
  logger_->set_level(spdlog::level::from_str(level));
  logger_->flush_on(spdlog::level::trace); // a line must not die with its process
}

Log::~Log() = default;

void Log::write(int level, std::string_view time, std::string_view event,
                std::string_view members) {
  const auto severity = static_cast<spdlog::level::level_enum>(level);
  if (!logger_->should_log(severity)) {
    return;
  }
  const auto name = spdlog::level::to_string_view(severity);
  logger_->log(severity, fmt::format(R"({{"time":"{}","level":"{}","worker":{},{}}})", time,
                                     std::string_view(name.data(), name.size()), worker_,
                                     event_members(event, members)));
}

void Log::write(int level, std::string_view event, const LogFields& fields) {
  if (logger_->should_log(static_cast<spdlog::level::level_enum>(level))) {
    write(level, timestamp(), event, members_of(fields));
  }
}

void Log::debug(std::string_view event, const LogFields& fields) {
  write(spdlog::level::debug, event, fields);
}

void Log::info(std::string_view event, const LogFields& fields) {
  write(spdlog::level::info, event, fields);
}

void Log::warning(std::string_view event, const LogFields& fields) {
  write(spdlog::level::warn, event, fields);
}

void Log::error(std::string_view event, const LogFields& fields) {
  write(spdlog::level::err, event, fields);
}

JobLog::JobLog(Log& log, const std::string& job, std::uint64_t attempt)
    : log_(log), members_(members_of({{"job", job}, {"attempt", attempt}})) {}

void JobLog::write(int level, std::string_view event, const LogFields& fields) {
  const std::string time = timestamp();
  const std::string members = members_of(fields);
  tail_.push_back(fmt::format(R"({{"time":"{}",{}}})", time, event_members(event, members)));
  log_.write(level, time, event, members_ + members);
}

void JobLog::info(std::string_view event, const LogFields& fields) {
  write(spdlog::level::info, event, fields);
}

void JobLog::warning(std::string_view event, const LogFields& fields) {
  write(spdlog::level::warn, event, fields);
}

} // namespace worker
