// SPDX-License-Identifier: Apache-2.0
#include "file_contenders.hpp"

#include "contenders.hpp"
#include "programs.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace benchmark {
namespace {

const std::string content(100, '.');

std::vector<std::string> file_names(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) {
    names.push_back("file" + std::to_string(i));
  }
  return names;
}

void write_and_run(const std::vector<std::string>& names) {
  std::string folder = "/dev/shm/libsandbox-benchmark-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    throw std::runtime_error("cannot make a folder " + folder);
  }
  for (const std::string& name : names) {
    std::ofstream(folder + "/" + name) << content;
  }
  spawn_and_wait({SANDBOX_NOOP});
  std::filesystem::remove_all(folder);
}

void put_and_run(sandbox::Backend& backend, const std::vector<std::string>& names) {
  static const std::string noop = noop_bytes();
  const auto session = backend.open({});
  for (const std::string& name : names) {
    session->put_file(name, content);
  }
  session->put_file("noop", noop, true);
  run(*session, command_of({"./noop"}));
}

} // namespace

Contender written_files(int count) {
  return {"a folder in memory, posix_spawn",
          timed([names = file_names(count)] { write_and_run(names); })};
}

Contender boxed_files(sandbox::Backend& backend, int count) {
  return {"libsandbox native",
          timed([&backend, names = file_names(count)] { put_and_run(backend, names); })};
}

} // namespace benchmark
