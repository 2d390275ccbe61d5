// SPDX-License-Identifier: Apache-2.0
#include "docker/engine.hpp"

#include "docker/exchange.hpp"
#include "docker/image_stream.hpp"
#include "docker/json.hpp"
#include "docker/names.hpp"
#include "os/stop_event.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>

namespace sandbox::docker {
namespace {

constexpr std::uint64_t refusal_limit = 64 << 10;
constexpr const char* unversioned = "";

Deadline deadline_of(const Call& call) {
  return Deadline::clock::now() + call.timeout;
}

std::string host_header(const EngineAddress& address) {
  if (address.kind == EngineAddress::Kind::unix_socket) {
    return "docker";
  }
  const std::string text = to_string(address);
  return text.substr(text.find("://") + 3);
}

/// Content types are ours, but a line break in one would be a request of its own.
void validate(const Call& call) {
  validate_path(call.path);
  const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (!std::all_of(call.content_type.begin(), call.content_type.end(), is_printable)) {
    throw Error(ErrorCode::invalid_argument, "request", "its content type is malformed");
  }
}

Error too_old(const std::string& found) {
  return Error(ErrorCode::unsupported, "engine", found, "install Docker Engine 20.10 or newer");
}

} // namespace

Engine::Engine(EngineAddress address)
    : address_(std::move(address)), host_(host_header(address_)) {}

std::string Engine::target(const Call& call, std::string_view prefix) const {
  std::string made = fmt::format("{}{}", prefix, call.path);
  char separator = '?';
  for (const auto& [name, value] : call.query) {
    made += fmt::format("{}{}={}", separator, encode_segment(name), encode_segment(value));
    separator = '&';
  }
  return made;
}

Answer Engine::exchange(const Call& call, std::string_view prefix, Deadline deadline) const {
  Exchange exchange(connect(address_, deadline), describe(call));
  exchange.send({call, target(call, prefix), host_});
  Answer answer = exchange.receive_head(call);
  if (answer.status == 101) {
    throw Error(ErrorCode::backend_lost, describe(call), "the engine changed the protocol unasked");
  }
  answer.body = exchange.receive_body(call.max_answer_bytes);
  return answer;
}

ApiVersion Engine::server_version(Deadline deadline) const {
  {
    const std::lock_guard lock(mutex_);
    if (server_version_) {
      return *server_version_;
    }
  }
  // Not under the lock: a silent engine must not add up the waits of many threads.
  const Call ping{Verb::get, "/_ping"};
  const Answer answer = exchange(ping, unversioned, deadline);
  if (answer.status != 200) {
    throw_refusal(ping, answer);
  }
  const auto version = parse_api_version(answer.header("Api-Version"));
  if (!version) {
    throw too_old("it does not say which version of the Engine API it speaks");
  }
  if (*version < oldest_api) {
    throw too_old(fmt::format("it speaks version {} of the Engine API, {} is needed",
                              to_string(*version), to_string(oldest_api)));
  }
  const std::lock_guard lock(mutex_);
  server_version_ = version;
  return *version;
}

std::string Engine::api_version() const {
  const Call ping;
  return to_string(std::min(server_version(deadline_of(ping)), newest_api));
}

std::string Engine::machine() const {
  {
    const std::lock_guard lock(mutex_);
    if (!machine_.empty()) {
      return machine_;
    }
  }
  const Call call{Verb::get, "/info"};
  const nlohmann::json about = expect(call, {200}).json();
  // podman's service makes itself a new ID for each answer.
  const bool is_podman = about.contains("BuildahVersion");
  std::string found = text_of(about, is_podman ? "Name" : "ID");
  if (found.empty()) {
    throw Error(ErrorCode::unsupported, describe(call), "the engine does not say which one it is");
  }
  const std::lock_guard lock(mutex_);
  machine_ = std::move(found);
  return machine_;
}

std::string Engine::prefix(Deadline deadline) const {
  return "/v" + to_string(std::min(server_version(deadline), newest_api));
}

void Engine::refuse_too_new_engine(Deadline deadline) const {
  if (server_version(deadline) <= newest_api) {
    return;
  }
  const nlohmann::json about = exchange({Verb::get, "/version"}, unversioned, deadline).json();
  const auto field = about.find("MinAPIVersion");
  if (field == about.end() || !field->is_string()) {
    return;
  }
  const auto oldest = parse_api_version(field->get_ref<const std::string&>());
  if (oldest && *oldest > newest_api) {
    throw Error(ErrorCode::unsupported, "engine",
                fmt::format("it speaks version {} of the Engine API and newer, this library up to "
                            "{}",
                            to_string(*oldest), to_string(newest_api)),
                "install a newer libsandbox, or let the engine accept older versions "
                "(DOCKER_MIN_API_VERSION)");
  }
}

Answer Engine::call(const Call& call) const {
  validate(call);
  const Deadline deadline = deadline_of(call);
  Answer answer = exchange(call, prefix(deadline), deadline);
  if (answer.status == 400) {
    refuse_too_new_engine(deadline);
  }
  return answer;
}

Answer Engine::expect(const Call& call, std::initializer_list<unsigned> accepted) const {
  Answer answer = this->call(call);
  if (std::find(accepted.begin(), accepted.end(), answer.status) == accepted.end()) {
    throw_refusal(call, answer);
  }
  return answer;
}

void Engine::stream(const Call& call, const std::function<void(const nlohmann::json&)>& on_line,
                    const std::stop_token& stop) const try {
  validate(call);
  const os::StopEvent stopped(stop);
  const Deadline deadline = deadline_of(call);
  const std::string version = prefix(deadline);
  Connection connection = connect(address_, deadline);
  connection.set_wake(stopped.descriptor());
  Exchange exchange(std::move(connection), describe(call), call.timeout);
  exchange.send({call, target(call, version), host_});
  Answer answer = exchange.receive_head(call);
  if (answer.status != 200) {
    answer.body = exchange.receive_body(refusal_limit);
    throw_refusal(call, answer);
  }
  JsonLines lines(on_line);
  std::vector<char> part(64 << 10);
  while (const std::size_t size = exchange.receive_body(std::span(part))) {
    lines.add({part.data(), size});
    if (stop.stop_requested()) {
      return;
    }
  }
  lines.finish();
} catch (const Error& error) {
  if (error.system_error() != ECANCELED || !stop.stop_requested()) {
    throw;
  }
}

Engine::Attached Engine::attach(const std::string& container_id) const {
  validate_container_id(container_id);
  Call call{Verb::post, "/containers/" + container_id + "/attach"};
  call.query = {{"stream", "1"}, {"stdin", "1"}, {"stdout", "1"}, {"stderr", "1"}};
  const Deadline deadline = deadline_of(call);
  const std::string version = prefix(deadline);
  Exchange exchange(connect(address_, deadline), describe(call));
  exchange.send({call, target(call, version), host_, true});
  Answer answer = exchange.receive_head(call);
  if (!exchange.is_raw()) {
    answer.body = exchange.receive_body(refusal_limit);
    throw_refusal(call, answer);
  }
  Attached attached{exchange.release(), exchange.surplus()};
  attached.connection.set_deadline(Deadline::max());
  return attached;
}

} // namespace sandbox::docker
