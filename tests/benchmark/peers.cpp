// SPDX-License-Identifier: Apache-2.0
#include "peers.hpp"

#include "contenders.hpp"
#include "oci_bundle.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <exception>
#include <memory>

namespace benchmark {
namespace {

using Argv = std::vector<std::string>;

const Argv python{"/usr/bin/python3", "-c", "pass"};

/// The first line of `program --version`.
std::string version_of(const std::string& program) {
  const std::unique_ptr<FILE, int (*)(FILE*)> output(
      ::popen((program + " --version 2> /dev/null").c_str(), "r"), ::pclose);
  std::array<char, 256> line{};
  if (!output || std::fgets(line.data(), line.size(), output.get()) == nullptr) {
    return "unknown";
  }
  const std::string text = line.data();
  return text.substr(text.find_last_of(' ') + 1, text.find('\n') - text.find_last_of(' ') - 1);
}

/// Empty when none of `paths` is there.
std::string first_executable(const Argv& paths) {
  for (const std::string& path : paths) {
    if (::access(path.c_str(), X_OK) == 0) {
      return path;
    }
  }
  return {};
}

Argv joined(Argv first, const Argv& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// One run of each, so that what does not work here is said before anything is measured.
void try_out(Peer& peer) {
  try {
    peer.noop->once();
    peer.python->once();
  } catch (const std::exception& error) {
    peer.skipped = fmt::format("does not work here: {}; by hand it says why", error.what());
  }
}

Peer absent(std::string name, const std::string& package) {
  Peer peer{.name = std::move(name)};
  peer.skipped = "not installed; apt-get install " + package;
  return peer;
}

Peer bubblewrap() {
  const std::string program = first_executable({"/usr/bin/bwrap"});
  if (program.empty()) {
    return absent("bubblewrap", "bubblewrap");
  }
  const Argv common{
      program,   "--unshare-all", "--die-with-parent", "--ro-bind", "/usr",   "/usr",   "--symlink",
      "usr/lib", "/lib",          "--symlink",         "usr/lib64", "/lib64", "--proc", "/proc",
      "--dev",   "/dev",          "--tmpfs",           "/tmp"};
  return {.name = "bubblewrap",
          .version = version_of(program),
          .isolates = "user, pid, mount, network, IPC, UTS and cgroup namespaces; read-only /usr, "
                      "own /proc, /dev and /tmp; no capabilities; no filter, no limits",
          .skipped = {},
          .noop = spawn("bubblewrap, no-op",
                        joined(common, {"--ro-bind", SANDBOX_NOOP, "/noop", "/noop"})),
          .python = spawn("bubblewrap, python3 -c pass", joined(common, python))};
}

Peer firejail() {
  const std::string program = first_executable({"/usr/bin/firejail"});
  if (program.empty()) {
    return absent("firejail", "firejail");
  }
  const Argv common{program,        "--quiet",         "--noprofile",
                    "--net=none",   "--ipc-namespace", "--caps.drop=all",
                    "--nonewprivs", "--seccomp",       "--private-dev"};
  return {.name = "firejail",
          .version = version_of(program),
          .isolates = "pid, mount, network, IPC and UTS namespaces; the host's files with system "
                      "folders read-only, own /proc and /dev; no capabilities; its default filter; "
                      "no limits",
          .skipped = {},
          .noop = spawn("firejail, no-op", joined(common, {SANDBOX_NOOP})),
          .python = spawn("firejail, python3 -c pass", joined(common, python))};
}

/// Each run is a container with a name of its own.
Contender contained(const std::string& program, std::string name, const Argv& argv) {
  const auto bundle = std::make_shared<OciBundle>(argv);
  return {std::move(name), timed([program, bundle] {
            static std::atomic<unsigned> count{0};
            spawn_and_wait({program, "run", "--bundle", bundle->path(),
                            fmt::format("libsandbox-benchmark-{}-{}", ::getpid(), ++count)});
          })};
}

Peer oci_runtime(const std::string& name) {
  const std::string program = first_executable({"/usr/sbin/" + name, "/usr/bin/" + name});
  if (program.empty()) {
    return absent(name, name);
  }
  if (::geteuid() != 0) {
    return {.name = name, .skipped = "needs root"};
  }
  return {.name = name,
          .version = version_of(program),
          .isolates = "pid, mount, network, IPC, UTS and cgroup namespaces; read-only root with "
                      "/usr, own /proc, /dev and /tmp; no capabilities; no filter; limits on "
                      "memory and processes",
          .skipped = {},
          .noop = contained(program, name + " run, no-op", {"/noop"}),
          .python = contained(program, name + " run, python3 -c pass", python)};
}

std::vector<Contender> chosen(const std::vector<Peer>& peers,
                              std::optional<Contender> Peer::*which) {
  std::vector<Contender> all;
  for (const Peer& each : peers) {
    if (each.skipped.empty()) {
      all.push_back(*(each.*which));
    }
  }
  return all;
}

} // namespace

std::vector<Peer> find_peers() {
  std::vector<Peer> all{bubblewrap(), oci_runtime("crun"), oci_runtime("runc"), firejail()};
  for (Peer& each : all) {
    if (each.skipped.empty()) {
      try_out(each);
    }
  }
  return all;
}

std::vector<Contender> noops(const std::vector<Peer>& peers) {
  return chosen(peers, &Peer::noop);
}

std::vector<Contender> pythons(const std::vector<Peer>& peers) {
  return chosen(peers, &Peer::python);
}

} // namespace benchmark
