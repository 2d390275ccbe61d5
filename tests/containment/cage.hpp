// SPDX-License-Identifier: Apache-2.0
//
// Attacks without a sandbox: the positive controls. The program `cage` does it.
#pragma once

#include "containment/observation.hpp"

#include <string>
#include <vector>

namespace containment {

class Cage {
 public:
  struct Ran {
    int status{0}; // exit status of the attack; 128 + N after signal N
    std::string out{};
    std::vector<Step> steps{};

    /// It said so, whatever became of it afterwards: a traced process may not let it end.
    bool escaped() const noexcept;
    std::string last_words() const;
  };

  /// False for a user who may not make one.
  static bool possible();

  /// Runs the attack program with these arguments; `options` are those of the program `cage`.
  /// Standard input is empty.
  Ran run(std::vector<std::string> arguments, std::vector<std::string> options = {});

  /// Runs it as any other program, without even a cage: for what only looks.
  Ran look(std::vector<std::string> arguments);

  /// Whether the attack begins, saying so, and has not ended by itself after a while.
  bool goes_on(const std::vector<std::string>& arguments);

  /// Why the last run was no escape.
  const std::string& why() const noexcept { return why_; }

 private:
  Ran execute(std::vector<std::string> words);

  std::string why_;
};

} // namespace containment
