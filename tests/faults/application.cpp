// SPDX-License-Identifier: Apache-2.0
//
// sandbox-faults-application POSTURE: a small application of the native backend that goes through
// the whole life of a box and prints what became of it as one JSON line.
// sandbox-faults-application POSTURE docker SECONDS [IDLE]: the same with the docker backend, but
// that the program sleeps; the box is open for IDLE seconds before anything is asked of it.
// sandbox-faults-application --gc BACKEND: collects garbage, as `sandboxrun gc` does.
#include <sandbox/docker.hpp>
#include <sandbox/error.hpp>
#include <sandbox/native.hpp>

#include <nlohmann/json.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

namespace {

using nlohmann::json;

constexpr std::uint64_t memory_bytes = 16 * sandbox::MiB;
constexpr const char* open_files = "64";
constexpr const char* file_size = "1048576";
constexpr const char* processes = "4";
constexpr const char* disk_bytes = "4194304";

/// Where the faults may begin and must have ended; the tracer knows the call by its descriptor.
void mark() {
  ::syscall(SYS_close, -1000);
}

sandbox::Limits limits() {
  sandbox::Limits all;
  all.memory_bytes = memory_bytes;
  all.open_files = std::stoull(open_files);
  all.file_size_bytes = std::stoull(file_size);
  all.processes = std::stoull(processes);
  return all;
}

json to_json(const sandbox::Result& result, const sandbox::CapturedOutput& output) {
  json all{{"verdict", sandbox::to_string(result.verdict)},
           {"out", output.standard_output().bytes()}};
  if (result.exit_code) {
    all["exit"] = *result.exit_code;
  }
  if (result.signal) {
    all["signal"] = *result.signal;
  }
  for (const sandbox::Guarantee& guarantee : result.guarantees) {
    if (!guarantee.in_force) {
      all["missing"].push_back(guarantee.name);
    }
  }
  return all;
}

json run(sandbox::Session& session, std::vector<std::string> argv,
         const sandbox::Limits& stage = limits()) {
  sandbox::Command command;
  command.argv = std::move(argv);
  command.limits = stage;
  sandbox::CapturedOutput output(64 * sandbox::KiB);
  return to_json(session.run(command, output), output);
}

std::unique_ptr<sandbox::Backend> make_backend(const std::string& name) {
  return name == "docker" ? sandbox::make_docker_backend() : sandbox::make_native_backend();
}

void live_in_container(const std::string& program, const char* seconds, const char* idle,
                       json& report) {
  const auto backend = make_backend("docker");
  sandbox::Environment environment;
  environment.image = "debian:bookworm-slim";
  environment.expected_limits = limits();
  const auto session = backend->open(environment);
  std::this_thread::sleep_for(std::chrono::seconds{std::stoul(idle)});
  session->put_file("posture", program, true);
  sandbox::Limits sleepers = limits();
  sleepers.wall_time = std::chrono::seconds{20}; // for init to be found and struck meanwhile
  report["run"] = run(*session, {"./posture", "sleep", seconds}, sleepers);
  report["got"] = session->get_file("posture", program.size()) == program;
  session->reset();
  report["after_reset"] = session->list_files().size();
}

/// `report` says after an Error how far it went.
void live(const std::string& program, json& report) {
  const auto backend = make_backend("native");
  sandbox::Environment environment;
  environment.disk_bytes = std::stoull(disk_bytes);
  const auto session = backend->open(environment);
  session->put_file("posture", program, true);
  report["run"] = run(*session, {"./posture", open_files, file_size, processes, disk_bytes});
  report["eat"] = run(*session, {"./posture", "eat", std::to_string(4 * memory_bytes)});
  report["got"] = session->get_file("left", 100);
  report["listed"] = session->list_files().size();
  session->reset();
  report["after_reset"] = session->list_files().size();
}

int collect_garbage(const std::string& backend) {
  for (const sandbox::Leftover& each : make_backend(backend)->collect_garbage(false)) {
    std::printf("%s\n", each.name.c_str());
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--gc") {
    return collect_garbage(argv[2]);
  }
  const bool in_container = argc == 4 || argc == 5;
  if (argc != 2 && !in_container) {
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  const std::string program(std::istreambuf_iterator<char>(file), {});
  json report;
  mark();
  try {
    in_container ? live_in_container(program, argv[3], argc == 5 ? argv[4] : "0", report)
                 : live(program, report);
  } catch (const sandbox::Error& error) {
    report["error"] = sandbox::to_string(error.code());
    report["message"] = error.what();
  } catch (const std::bad_alloc& error) {
    report["error"] = "bad_alloc";
  } catch (const std::exception& error) {
    report["error"] = "exception";
    report["message"] = error.what();
  }
  mark();
  std::printf("%s\n", report.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
  return 0;
}
