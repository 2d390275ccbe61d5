// SPDX-License-Identifier: Apache-2.0
//
// The JSON documents that an engine answers with: every question we ask has an answer or ends in an
// Error, whatever is in them.
#include "common/temporary_folder.hpp"
#include "docker/garbage.hpp"
#include "docker/probe.hpp"
#include "input.hpp"
#include "os/file.hpp"
#include "os/system_error.hpp"

#include <sandbox/error.hpp>
#include <sandbox/images.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <thread>

namespace {

using namespace sandbox;
using fuzz::check;

constexpr unsigned statuses[] = {200, 201, 204, 400, 404, 409, 500, 503};
constexpr const char* image = "debian:bookworm-slim";

/// Answers each request with the next of the documents that it was given, in well-formed HTTP.
class DocumentEngine {
 public:
  explicit DocumentEngine(const char* api_version) : api_version_(api_version) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = os::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    os::check(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              "bind");
    os::check(::listen(listener_.get(), 16), "listen");
    thread_ = std::thread([this] { serve(); });
  }
  DocumentEngine(const DocumentEngine&) = delete;
  DocumentEngine& operator=(const DocumentEngine&) = delete;
  ~DocumentEngine() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  std::string path() const { return folder_ / "docker.sock"; }
  std::string host() const { return "unix://" + path(); }

  void give(unsigned status, std::vector<std::string> documents) {
    const std::lock_guard lock(mutex_);
    status_ = status;
    documents_ = std::move(documents);
    next_ = 0;
  }

 private:
  void serve() {
    for (;;) {
      const os::Fd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!peer) {
        return;
      }
      const std::string answer = this->answer(receive_request(peer));
      ::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    }
  }

  static std::string receive_request(const os::Fd& peer) {
    std::string bytes;
    std::size_t body = 0;
    for (;;) {
      const std::size_t end = bytes.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t length = bytes.substr(0, end).find("Content-Length: ");
        body = length == std::string::npos ? 0 : std::stoul(bytes.substr(length + 16));
        if (bytes.size() >= end + 4 + body) {
          return bytes;
        }
      }
      char part[16 << 10];
      const ssize_t size = ::recv(peer.get(), part, sizeof part, 0);
      if (size <= 0) {
        return bytes;
      }
      bytes.append(part, static_cast<std::size_t>(size));
    }
  }

  std::string answer(const std::string& request) {
    if (request.starts_with("GET /_ping")) {
      return fmt::format("HTTP/1.1 200 OK\r\nApi-Version: {}\r\nContent-Length: 2\r\n\r\nOK",
                         api_version_);
    }
    const std::lock_guard lock(mutex_);
    const std::string& document = documents_[std::min(next_++, documents_.size() - 1)];
    return fmt::format("HTTP/1.1 {} Status\r\nContent-Length: {}\r\n\r\n{}", status_,
                       status_ == 204 ? 0 : document.size(), status_ == 204 ? "" : document);
  }

  const char* api_version_;
  common::TemporaryFolder folder_{"fuzz-engine"};
  os::Fd listener_;
  std::mutex mutex_;
  unsigned status_{200};
  std::vector<std::string> documents_{std::string()};
  std::size_t next_{0};
  std::thread thread_;
};

/// An engine, and its clients that know its version already.
struct Service {
  explicit Service(const char* version)
      : documents(version), engine(docker::engine_address(documents.host())),
        images(documents.host()), dockerfile(documents.path() + ".Dockerfile") {
    const os::Fd file = os::open_at(AT_FDCWD, dockerfile, O_WRONLY | O_CREAT);
    os::write_fd(file.get(), "FROM scratch\n", dockerfile);
  }

  DocumentEngine documents;
  docker::Engine engine;
  Images images;
  std::string dockerfile;
};

void check_image(const std::optional<ImageInfo>& found) {
  check(!found || (found->name == image && !found->id.empty() && found->id.size() < 500));
}

void ask(const Service& service, unsigned what) {
  switch (what) {
  case 0:
    for (const Leftover& each : docker::remove_garbage(service.engine, true)) {
      check(!each.name.empty() && each.name.find('/') == std::string::npos);
    }
    break;
  case 1:
    docker::remove_garbage(service.engine, false);
    break;
  case 2: {
    DockerOptions options;
    options.host = service.documents.host();
    options.runtime = "runsc";
    check(!docker::probe_engine(options).checks.empty());
    break;
  }
  case 3:
    check_image(service.images.find(image));
    break;
  case 4:
    check_image(service.images.pull(image));
    break;
  case 5:
    check_image(service.images.build(image, service.dockerfile));
    break;
  default:
    service.images.remove(image);
  }
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Service usual("1.41");
  static Service too_new("9.1");
  fuzz::Input input(data, size);
  const unsigned how = input.choose(16);
  const unsigned what = input.choose(7);
  Service& service = how >= 8 ? too_new : usual;
  service.documents.give(statuses[how % 8], split(input.rest()));
  try {
    ask(service, what);
  } catch (const Error& error) {
    check(*error.what() != '\0');
  }
  return 0;
}
