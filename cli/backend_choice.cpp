// SPDX-License-Identifier: Apache-2.0
#include "backend_choice.hpp"

#include "image_fetch.hpp"
#include "native_or_else.hpp"
#include "printable.hpp"

#include <sandbox/docker.hpp>
#include <sandbox/error.hpp>
#include <sandbox/images.hpp>
#include <sandbox/native.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

namespace sandbox::cli {
namespace {

using std::chrono::seconds;

[[noreturn]] void refuse(const std::string& what, const std::string& why,
                         const std::string& remedy = {}) {
  throw Error(ErrorCode::invalid_argument, what, why, remedy);
}

BackendKind named_backend(const BackendOptions& options) {
  std::string name = options.backend;
  if (const char* chosen = std::getenv("SANDBOX_BACKEND"); name.empty() && chosen != nullptr) {
    name = chosen;
  }
  if (name.empty() || name == "auto") {
    return BackendKind::automatic;
  }
  if (name != "native" && name != "docker") {
    refuse("backend " + printable(name), "is not known", "known: auto, docker, native");
  }
  return name == "native" ? BackendKind::native : BackendKind::docker;
}

/// The first typed option that the docker backend alone has; "" without one.
std::string docker_option(const BackendOptions& options) {
  return !options.docker_host.empty() ? "--docker-host"
         : !options.runtime.empty()   ? "--runtime"
         : !options.image.empty()     ? "--image"
                                      : "";
}

/// How long an engine may take that nobody named.
seconds patience(const BackendOptions& options) {
  return wanted_backend(options) == BackendKind::automatic ? seconds{2} : seconds{30};
}

/// False when `stop` was requested first.
bool fetch_when_missing(const BackendOptions& options, const Recipe& recipe,
                        const std::stop_token& stop) {
  const ImageWish wish = image_wish(recipe, options.image);
  const Images images(options.docker_host);
  return images.find(wish.image) || fetch_image(images, wish, {}, stop);
}

std::unique_ptr<Backend> choose_automatically(const BackendOptions& options, const Recipe& recipe) {
  const std::string docker_lacks = missing_image(options, recipe);
  if (docker_lacks.empty()) {
    return make_backend(BackendKind::docker, options);
  }
  if (const std::string native_lacks = missing_toolchain(options, recipe); !native_lacks.empty()) {
    throw Error(ErrorCode::not_found, "language " + recipe.id, "no backend can run it here",
                fmt::format("docker: {} | native: {}", docker_lacks, native_lacks));
  }
  // Whether this host can confine is for the first box to say: a look of our own would cost every
  // run as much as that box.
  return std::make_unique<NativeOrElse>(make_backend(BackendKind::native, options), docker_lacks);
}

} // namespace

BackendKind wanted_backend(const BackendOptions& options) {
  const BackendKind named = named_backend(options);
  const std::string docker = docker_option(options);
  if (!options.rootfs.empty() && (named == BackendKind::docker || !docker.empty())) {
    refuse("--rootfs", "is for the native backend",
           docker.empty() ? "--image NAME replaces the recipe's image" : "leave out " + docker);
  }
  if (named == BackendKind::native && (!docker.empty() || options.pull)) {
    refuse(docker.empty() ? "--pull" : docker, "is for the docker backend",
           "the native one was chosen: --backend docker chooses anew");
  }
  if (!options.rootfs.empty()) {
    return BackendKind::native;
  }
  return docker.empty() ? named : BackendKind::docker;
}

std::vector<BackendKind> wanted_backends(const BackendOptions& options) {
  const BackendKind wanted = wanted_backend(options);
  return wanted == BackendKind::automatic ? std::vector{BackendKind::native, BackendKind::docker}
                                          : std::vector{wanted};
}

std::unique_ptr<Backend> make_backend(BackendKind kind, const BackendOptions& options) {
  if (kind == BackendKind::docker) {
    DockerOptions docker;
    docker.host = options.docker_host;
    docker.runtime = options.runtime;
    docker.require = options.require;
    docker.accept_missing = options.accept_missing;
    return make_docker_backend(std::move(docker));
  }
  NativeOptions native;
  native.cgroup_parent = options.cgroup_parent == "self" ? "" : options.cgroup_parent;
  native.require = options.require;
  native.accept_missing = options.accept_missing;
  return make_native_backend(std::move(native));
}

bool engine_answers(const BackendOptions& options) {
  try {
    Images(options.docker_host, patience(options)).ping();
    return true;
  } catch (const Error&) {
    if (wanted_backend(options) == BackendKind::docker) {
      throw;
    }
    return false;
  }
}

std::string missing_image(const BackendOptions& options, const Recipe& recipe) {
  const ImageWish wish = image_wish(recipe, options.image);
  if (wish.image.empty()) {
    return "the recipe names no image";
  }
  try {
    const Images images(options.docker_host, patience(options));
    images.ping(); // an engine that is not there is known before anything else is worked out
    return images.find(wish.image) ? "" : missing_text(wish);
  } catch (const Error& error) {
    return error.what();
  }
}

std::string missing_toolchain(const BackendOptions& options, const Recipe& recipe) {
  const std::vector<std::string> missing = missing_executables(recipe);
  if (missing.empty() || !options.rootfs.empty()) {
    return {};
  }
  return fmt::format("{} is not installed; apt-get install {}", fmt::join(missing, ", "),
                     fmt::join(recipe.debian_packages, " "));
}

std::unique_ptr<Backend> choose_backend(const BackendOptions& options, const Recipe& recipe,
                                        const std::stop_token& stop) {
  const BackendKind wanted = wanted_backend(options);
  if (options.pull && engine_answers(options) && !fetch_when_missing(options, recipe, stop)) {
    return nullptr;
  }
  return wanted == BackendKind::automatic ? choose_automatically(options, recipe)
                                          : make_backend(wanted, options);
}

} // namespace sandbox::cli
