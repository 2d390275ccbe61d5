// SPDX-License-Identifier: Apache-2.0
#include "job_builder.hpp"

#include "base64.hpp"
#include "job.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <stdexcept>

namespace submit {
namespace {

using Json = nlohmann::ordered_json;

std::string read(const std::string& file) {
  if (file == "-") {
    return {std::istreambuf_iterator<char>(std::cin), {}};
  }
  std::ifstream stream(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) {
    throw std::runtime_error(file + " cannot be read");
  }
  return bytes;
}

/// As a job has bytes: a text, or base64 of what is not UTF-8.
Json bytes_of(const std::string& file) {
  std::string bytes = read(file);
  try {
    static_cast<void>(Json(bytes).dump());
    return bytes;
  } catch (const Json::type_error&) {
    return {{"base64", worker::to_base64(bytes)}};
  }
}

Json parse(const std::string& file) {
  Json job;
  try {
    job = worker::parse_payload(read(file));
  } catch (const worker::JobError& error) {
    throw std::runtime_error(file + ": " + error.what());
  }
  if (!job.is_object()) {
    throw std::runtime_error(file + " is not a JSON object");
  }
  return job;
}

std::string random_id() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

Json limits_of(const Options& options) {
  Json limits = Json::object();
  for (const std::string& each : options.limits) {
    const std::size_t equals = each.find('=');
    if (equals == std::string::npos) {
      throw std::runtime_error("--limit " + each + ": must be NAME=VALUE");
    }
    limits[each.substr(0, equals)] = each.substr(equals + 1);
  }
  return limits;
}

std::string language_of(const Options& options) {
  const std::string extension = std::filesystem::path(options.file).extension().string();
  if (options.language.empty() && extension.size() < 2) {
    throw std::runtime_error("--lang is needed: " + options.file + " has no extension");
  }
  return options.language.empty() ? extension.substr(1) : options.language;
}

} // namespace

std::string build_job(const Options& options) {
  if (options.is_json) {
    Json job = parse(options.file);
    if (!options.id.empty() || !job.contains("id")) {
      job["id"] = options.id.empty() ? random_id() : options.id;
    }
    return job.dump();
  }
  Json job{{"schema", 1},
           {"id", options.id.empty() ? random_id() : options.id},
           {"language", language_of(options)},
           {"code", bytes_of(options.file)},
           {"priority", options.priority}};
  if (!options.input.empty()) {
    job["input"] = bytes_of(options.input);
  }
  if (!options.args.empty()) {
    job["args"] = options.args;
  }
  if (!options.limits.empty()) {
    job["limits"] = limits_of(options);
  }
  return job.dump();
}

} // namespace submit
