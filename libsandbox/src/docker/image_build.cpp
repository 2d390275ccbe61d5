// SPDX-License-Identifier: Apache-2.0
#include "docker/archive.hpp"
#include "docker/build_progress.hpp"
#include "docker/image_stream.hpp"
#include "docker/images.hpp"

#include <sandbox/error.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace sandbox::docker {
namespace {

/// A compiler at work may say nothing for long; whoever waits can stop it.
constexpr std::chrono::minutes longest_silence{30};
constexpr std::uintmax_t largest_dockerfile = 1 << 20;

std::string read_dockerfile(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw Error(ErrorCode::not_found, path.native(), "is no regular file");
  }
  if (std::filesystem::file_size(path, error) > largest_dockerfile) {
    throw Error(ErrorCode::invalid_argument, path.native(), "is larger than 1 MiB");
  }
  std::ostringstream text;
  if (std::ifstream file(path, std::ios::binary); !file || !(text << file.rdbuf())) {
    throw Error(ErrorCode::not_found, path.native(), "is empty or cannot be read");
  }
  return text.str();
}

Call build_call(const std::string& name, const std::filesystem::path& dockerfile,
                const ImageBuildOptions& options) {
  Call call{Verb::post, "/build"};
  // No builder is named: the classic one of every engine takes a context without a session.
  call.query = {{"t", name}, {"dockerfile", "Dockerfile"}, {"rm", "1"}, {"forcerm", "1"}};
  if (options.host_network) {
    call.query.emplace_back("networkmode", "host");
  }
  if (options.no_cache) {
    call.query.emplace_back("nocache", "1");
  }
  call.body = make_archive({{"Dockerfile", read_dockerfile(dockerfile)}});
  call.content_type = "application/x-tar";
  call.timeout = longest_silence;
  return call;
}

} // namespace

void build_image(const Engine& engine, const std::string& name,
                 const std::filesystem::path& dockerfile, const ImageBuildOptions& options,
                 const OnImageProgress& on_progress, const std::stop_token& stop) {
  BuildProgress progress;
  engine.stream(
      build_call(name, dockerfile, options),
      [&](const nlohmann::json& line) {
        if (std::string error = error_of(line); !error.empty()) {
          if (const std::string tail = progress.tail(); !tail.empty()) {
            error += "; it printed last: " + tail;
          }
          throw Error(ErrorCode::setup_failed, "build image " + name, error);
        }
        const auto step = progress.add(text_of(line, "stream"));
        if (step && on_progress) {
          on_progress(*step);
        }
      },
      stop);
}

} // namespace sandbox::docker
