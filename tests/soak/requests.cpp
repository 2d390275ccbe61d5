// SPDX-License-Identifier: Apache-2.0
#include "soak/requests.hpp"

#include "common/backend.hpp"
#include "common/file.hpp"
#include "soak/workload.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

namespace soak {
namespace {

using sandbox::Backend;
using sandbox::Command;
using sandbox::Environment;
using sandbox::ErrorCode;
using sandbox::Session;

struct Request {
  const char* name;
  ErrorCode code;
  void (*make)(Backend& backend, Session& session);
};

void run(Session& session, const Command& command) {
  sandbox::NullSink sink;
  session.run(command, sink);
}

Command command() {
  Command made;
  made.argv = {"./soak", "exit", "0"};
  return made;
}

constexpr Request requests[] = {
    {"a path with ..", ErrorCode::invalid_argument,
     [](Backend&, Session& session) { session.put_file("../x", "x"); }},
    {"an absolute path", ErrorCode::invalid_argument,
     [](Backend&, Session& session) { session.put_file("/etc/x", "x"); }},
    {"a component of 256 bytes", ErrorCode::invalid_argument,
     [](Backend&, Session& session) { session.put_file(std::string(256, 'x'), "x"); }},
    {"a file that is not there", ErrorCode::not_found,
     [](Backend&, Session& session) { session.get_file("missing", 1); }},
    {"a file that is too large", ErrorCode::invalid_argument,
     [](Backend&, Session& session) { session.get_file("soak", 1); }},
    {"more entries than wanted", ErrorCode::resource,
     [](Backend&, Session& session) {
       session.put_file("second", "x");
       session.list_files(1);
     }},
    {"a limit of 0", ErrorCode::invalid_argument,
     [](Backend&, Session& session) {
       Command zero = command();
       zero.limits.memory_bytes = 0;
       run(session, zero);
     }},
    {"no argv", ErrorCode::invalid_argument,
     [](Backend&, Session& session) { run(session, Command{}); }},
    {"a program that is not there", ErrorCode::not_found,
     [](Backend&, Session& session) {
       Command missing = command();
       missing.argv = {"./missing"};
       run(session, missing);
     }},
    {"a disk of 0", ErrorCode::invalid_argument,
     [](Backend& backend, Session&) {
       Environment none;
       none.image = common::image();
       none.disk_bytes = 0;
       backend.open(none);
     }},
};

} // namespace

Programs Programs::load(const std::string& folder) {
  return {common::read_program(folder + "/soak-honest"),
          common::read_program(folder + "/soak-hostile")};
}

const sandbox::Recipe& recipe() {
  static const sandbox::Recipe parsed = sandbox::parse_recipe("image: " + common::image() + R"(
schema: 1
id: soak
title: A program of the corpus
extensions: [soak]
source: soak
compile:
  argv: [chmod, "755", "{source}"]
run:
  argv: ["./{source}", "{args}"]
native:
  executables: [chmod]
)",
                                                              "soak.yaml");
  return parsed;
}

std::string refuse(Random& random, Backend& backend, Session& session) {
  const Request& request = requests[pick(random, 0, std::size(requests) - 1)];
  try {
    request.make(backend, session);
  } catch (const sandbox::Error& error) {
    return error.code() == request.code
               ? std::string()
               : fmt::format("{}: {}: {}", request.name, to_string(error.code()), error.what());
  }
  return fmt::format("{} was not refused", request.name);
}

} // namespace soak
