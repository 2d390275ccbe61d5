// SPDX-License-Identifier: Apache-2.0
#include "docker/container.hpp"

#include "docker/image_stream.hpp"
#include "docker/names.hpp"
#include "docker/remover.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <random>
#include <utility>

namespace sandbox::docker {
namespace {

/// A new container may wait for the storage driver to unpack the image's layers.
constexpr std::chrono::seconds create_timeout{120};
/// A program may run until these are through.
constexpr std::chrono::seconds kill_timeout{10};
constexpr std::chrono::seconds update_timeout{10};

std::string unique_name() {
  std::random_device random;
  return fmt::format("libsandbox-{:08x}{:08x}", random(), random());
}

std::string make(const Engine& engine, const std::string& name, const std::string& spec) {
  Call call{Verb::post, "/containers/create"};
  call.query = {{"name", name}};
  call.body = spec;
  call.timeout = create_timeout;
  const Answer answer = engine.call(call);
  if (answer.status == 404) {
    const auto image = nlohmann::json::parse(spec).at("Image").get<std::string>();
    throw Error(ErrorCode::not_found, "image " + image, "is not there",
                "sandboxrun images pull " + image);
  }
  if (answer.status != 201) {
    throw_refusal(call, answer);
  }
  const nlohmann::json made = answer.json();
  const auto id = made.find("Id");
  if (id == made.end() || !id->is_string()) {
    throw Error(ErrorCode::backend_lost, describe(call), "the engine's answer has no Id");
  }
  validate_container_id(id->get<std::string>());
  return *id;
}

} // namespace

Container::Container(std::shared_ptr<Remover> remover, const std::string& spec)
    : remover_(std::move(remover)) {
  const std::string name = unique_name();
  try {
    id_ = make(remover_->engine(), name, spec);
  } catch (const Error& error) {
    // The engine may have made it and not been able to say so, or be about to.
    if (error.code() == ErrorCode::backend_lost) {
      remover_->remove_when_made(name, create_timeout);
    }
    throw;
  }
}

Container::~Container() {
  if (!id_.empty()) {
    remover_->remove(std::move(id_));
  }
}

const Engine& Container::engine() const noexcept {
  return remover_->engine();
}

void Container::start() const {
  Call call{Verb::post, "/containers/" + id_ + "/start"};
  call.timeout = create_timeout;
  engine().expect(call, {204});
}

void Container::update(const std::string& limits) const {
  Call call{Verb::post, "/containers/" + id_ + "/update"};
  call.body = limits;
  call.timeout = update_timeout;
  engine().expect(call, {200});
}

Container::Origin Container::origin() const {
  const Call call{Verb::get, "/containers/" + id_ + "/json"};
  const nlohmann::json about = engine().expect(call, {200}).json();
  const auto host = about.find("HostConfig");
  if (host == about.end()) {
    throw Error(ErrorCode::backend_lost, describe(call), "the engine's answer has no HostConfig");
  }
  // podman's Runtime is the same for all of them.
  Origin origin{text_of(about, "Image"),
                text_of(*host, "Runtime") + " " + text_of(about, "OCIRuntime")};
  if (origin.image_id.empty()) {
    throw Error(ErrorCode::backend_lost, describe(call), "the engine's answer has no Image");
  }
  return origin;
}

void Container::kill() const noexcept {
  try {
    Call call{Verb::post, "/containers/" + id_ + "/kill"};
    call.timeout = kill_timeout;
    engine().call(call);
  } catch (const std::exception&) {
    // Whoever waits for the end of the box has a deadline; the remover tries again.
  }
}

} // namespace sandbox::docker
