// SPDX-License-Identifier: Apache-2.0
//
// sandbox-fault-injector [--list FILE | ROLE CALL NTH (error|signal) NUMBER] LIMIT_MS APPLICATION
// POSTURE [docker SECONDS]
// Runs the application with one fault in it and prints, as one JSON line, what became of it and
// what it left.
#include "faults/remains.hpp"
#include "faults/tracer.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds patience{10'000};
constexpr int skipped_status = 77;

struct Request {
  faults::Point point;
  faults::Fault fault;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> list{nullptr, &std::fclose};
  milliseconds limit{};
  const char* application{nullptr};
  const char* posture{nullptr};
  std::vector<char*> rest{}; // for the application
};

Request parse(int argc, char** argv) {
  Request request;
  int next = 1;
  if (argc >= 6 && std::strcmp(argv[1], "--list") == 0) {
    request.list.reset(std::fopen(argv[2], "we"));
    next = 3;
  } else if (argc >= 9 && faults::role_named(argv[1])) {
    request.point = {*faults::role_named(argv[1]), argv[2], std::atoi(argv[3])};
    (std::strcmp(argv[4], "signal") == 0 ? request.fault.signal : request.fault.error) =
        std::atoi(argv[5]);
    next = 6;
  } else if (argc < 4) {
    throw std::invalid_argument("usage: see the source");
  }
  request.limit = milliseconds(std::atoi(argv[next]));
  request.application = argv[next + 1];
  request.posture = argv[next + 2];
  request.rest.assign(argv + next + 3, argv + argc);
  return request;
}

/// Paths may be in a folder that will be hidden.
std::string by_descriptor(const char* path) {
  const int file = ::open(path, O_RDONLY);
  if (file < 0) {
    throw std::invalid_argument(std::string(path) + " cannot be opened");
  }
  return "/proc/self/fd/" + std::to_string(file);
}

/// The last line that the application printed.
json report_in(int output) {
  std::array<char, 1 << 16> bytes{};
  std::string text;
  for (ssize_t size = 0; (size = ::read(output, bytes.data(), bytes.size())) > 0;) {
    text.append(bytes.data(), static_cast<std::size_t>(size));
  }
  return text.empty() ? json() : json::parse(text, nullptr, false);
}

json run(const Request& request) {
  const std::string application = by_descriptor(request.application);
  const std::string posture = by_descriptor(request.posture);
  faults::move_out(!request.rest.empty()); // the engine's socket may be in /tmp
  const auto mounts_before = faults::mounts();
  int output[2];
  if (::pipe2(output, O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::runtime_error("pipe is not allowed");
  }
  std::vector<char*> argv{const_cast<char*>(application.c_str()),
                          const_cast<char*>(posture.c_str())};
  argv.insert(argv.end(), request.rest.begin(), request.rest.end());
  argv.push_back(nullptr);
  faults::Tracer tracer(request.point, request.fault, request.list.get());
  const auto begin = steady_clock::now();
  const bool ended = tracer.run(argv.data(), output[1], request.limit);
  ::close(output[1]);
  json result{{"hit", tracer.hit()}, {"ended", ended}, {"pid", tracer.application()}};
  result["seconds"] = std::chrono::duration<double>(steady_clock::now() - begin).count();
  if (ended && WIFSIGNALED(tracer.wait_status())) {
    result["signal"] = WTERMSIG(tracer.wait_status());
  } else if (ended) {
    result["status"] = WEXITSTATUS(tracer.wait_status());
  }
  if (!ended) {
    ::kill(tracer.application(), SIGKILL);
  }
  tracer.settle(patience);
  result["report"] = report_in(output[0]);
  result["processes_left"] = faults::processes_left();
  result["groups_left"] = faults::groups_left(tracer.application(), milliseconds(500));
  result["files_left"] = faults::files_left();
  result["mounts_left"] = faults::mounts_added(mounts_before);
  return result;
}

} // namespace

int main(int argc, char** argv) {
  try {
    std::printf("%s\n", run(parse(argc, argv)).dump().c_str());
    return 0;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "sandbox-fault-injector: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::printf("SKIPPED: %s; run as root with CAP_SYS_PTRACE and CAP_SYS_ADMIN\n", error.what());
    return skipped_status;
  }
}
