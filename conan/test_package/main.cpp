// SPDX-License-Identifier: Apache-2.0
//
// Must pass without root: constructs a command and asks the host what it can do.
#include <sandbox/sandbox.hpp>
#include <sandbox/version.hpp>

#include <iostream>

int main() {
  sandbox::Command command;
  command.argv = {"/bin/true"};
  validate(command.limits);
  const sandbox::Probe probe = sandbox::make_native_backend()->probe();
  std::cout << "libsandbox " << sandbox::version << ", " << probe.backend << " backend, "
            << probe.checks.size() << " checks, " << (probe.usable ? "usable" : "not usable here")
            << '\n';
  return probe.checks.empty() ? 1 : 0;
}
