// SPDX-License-Identifier: Apache-2.0
//
// What a client asks for. schemas/job.schema.json is the same for other programs.
#pragma once

#include "text.hpp"

#include <sandbox/submission.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace worker {

/// The payload is no job: nobody can run it, now or later.
class JobError : public std::runtime_error {
 public:
  explicit JobError(const std::string& message)
      : std::runtime_error(beginning(message, max_message_bytes)) {}
};

struct Test {
  std::string name{};
  std::string input{};
  std::vector<std::string> args{};
};

struct Job {
  std::string id{};
  std::string language{};
  std::vector<sandbox::SourceFile> files{}; // the first is the main source
  std::string input{};
  std::vector<std::string> args{};
  std::vector<std::pair<std::string, std::string>> env{};
  std::vector<Test> tests{}; // each in a box of its own; `input` and `args` are not used then
  std::vector<std::pair<std::string, std::string>>
      limits{}; // by the recipes' names: "memory", "256MiB"
  std::vector<std::string> artifacts{};
  std::string priority{}; // as the client wrote it; which queue a job is in decides
  std::string callback{};
  bool live_output{false};
  nlohmann::ordered_json meta{}; // brought back with the result
};

/// Any JSON but what would let readers and writers recurse as deep as it is long, or hold many
/// times as much memory: for that it throws JobError.
nlohmann::ordered_json parse_payload(std::string_view payload);

/// Throws JobError that names the first key that is wrong. What is well-formed but cannot be had
/// here (an unknown language, too high a limit) passes: that is for admit() to refuse.
Job parse_job(std::string_view payload);

/// 1 to 128 of A-Z a-z 0-9 . _ : -
bool is_job_id(std::string_view text) noexcept;

} // namespace worker
