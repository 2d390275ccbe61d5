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

constexpr std::size_t max_tail = 20;

std::string text_of(const LogFields& fields) {
  return fields.dump(-1, ' ', false, LogFields::error_handler_t::replace);
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
    : worker_(std::move(worker)),
      logger_(std::make_shared<spdlog::logger>("worker",
                                               std::make_shared<spdlog::sinks::stdout_sink_mt>())) {
  logger_->set_pattern("%v");
  logger_->set_level(spdlog::level::from_str(level));
  logger_->flush_on(spdlog::level::trace); // a line must not die with its process
}

Log::~Log() = default;

void Log::write(int level, std::string_view event, const LogFields& fields) {
  const auto severity = static_cast<spdlog::level::level_enum>(level);
  if (!logger_->should_log(severity)) {
    return;
  }
  const auto name = spdlog::level::to_string_view(severity);
  LogFields line{{"time", timestamp()},
                 {"level", std::string(name.data(), name.size())},
                 {"worker", worker_},
                 {"event", event}};
  line.update(fields.is_null() ? LogFields::object() : fields);
  logger_->log(severity, "{}", text_of(line));
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

JobLog::JobLog(Log& log, std::string job, std::uint64_t attempt)
    : log_(log), job_(std::move(job)), attempt_(attempt) {}

LogFields JobLog::kept(std::string_view event, LogFields fields) {
  LogFields all{{"job", job_}, {"attempt", attempt_}};
  all.update(fields);
  if (tail_.size() < max_tail) {
    tail_.push_back({{"time", timestamp()}, {"event", event}});
    tail_.back().update(fields);
  }
  return all;
}

std::vector<std::string> JobLog::tail() const {
  std::vector<std::string> lines;
  for (const LogFields& each : tail_) {
    lines.push_back(text_of(each));
  }
  return lines;
}

void JobLog::info(std::string_view event, LogFields fields) {
  log_.info(event, kept(event, std::move(fields)));
}

void JobLog::warning(std::string_view event, LogFields fields) {
  log_.warning(event, kept(event, std::move(fields)));
}

} // namespace worker
