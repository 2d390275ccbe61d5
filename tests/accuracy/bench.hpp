// SPDX-License-Identifier: Apache-2.0
//
// Where things are measured: the backend, the programs, and a box of its own for each run.
#pragma once

#include <sandbox/backend.hpp>
#include <sandbox/command.hpp>
#include <sandbox/environment.hpp>

#include <memory>
#include <string>
#include <vector>

namespace accuracy {

class Bench {
 public:
  /// `programs` is their folder. Throws std::runtime_error, Error.
  Bench(const std::string& backend, const std::string& programs);

  sandbox::Backend& backend() const noexcept { return *backend_; }
  bool is_docker() const { return backend_->name() == "docker"; }

  /// The bytes of a program: "cpu", "memory", "amount".
  const std::string& program(const std::string& name) const;

  struct Ran {
    sandbox::Result result;
    std::string out;
  };
  /// A box with this program in it.
  std::unique_ptr<sandbox::Session> open(const std::string& program, const sandbox::Limits& limits,
                                         sandbox::Environment environment = {}) const;
  Ran run(sandbox::Session& session, const std::vector<std::string>& args,
          const sandbox::Limits& limits) const;

 private:
  std::unique_ptr<sandbox::Backend> backend_;
  std::string cpu_;
  std::string memory_;
  std::string amount_;
};

/// More than any of the programs needs.
sandbox::Limits ample();

} // namespace accuracy
