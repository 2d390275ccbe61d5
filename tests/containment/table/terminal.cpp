// SPDX-License-Identifier: Apache-2.0
//
// Group J: the terminal of who started us.
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

namespace containment {
namespace {

const std::set<std::string> refused{"EPERM"};
const std::set<std::string> no_terminal{"ENOENT", "ENXIO", "EACCES"};

/// The cage's attack has a terminal of its own.
Check on_terminal(const std::string& id, const std::string& title, const std::string& verb) {
  return Check(id, title, std::vector<std::string>{verb}).control([verb](Cage& cage) {
    return cage.run({verb}, {"--terminal"}).escaped();
  });
}

} // namespace

void add_terminal(Table& table) {
  table.push_back(on_terminal("TT-01.type", "type into the terminal", "type")
                      .errors("TIOCSTI", refused)
                      .errors("/dev/tty", no_terminal));
  table.push_back(on_terminal("TT-02.high-bits", "type, with a number a filter may not know",
                              "type-with-high-bits")
                      .errors("TIOCSTI", refused));
  table.push_back(
      on_terminal("TT-03.paste", "paste what is selected", "paste").errors("TIOCLINUX", refused));
  table.push_back(on_terminal("TT-03.discipline", "load a line discipline", "set-discipline")
                      .errors("TIOCSETD", refused));
  table.push_back(on_terminal("TT-03.control", "take or leave the terminal", "control-terminal")
                      .errors("TIOCGWINSZ", {"ENOTTY"})
                      .errors("TIOCNOTTY", {"ENOTTY"})
                      .errors("TIOCSCTTY", {"ENOTTY"}));
  table.push_back(Check("TT-03.new", "use up the host's terminals", {"new-terminals"})
                      .errors("/dev/ptmx", no_terminal)
                      .errors("/dev/pts/ptmx", no_terminal));
  table.push_back(Check("TT-04.escapes", "control the terminal by what is written to it", {"type"})
                      .not_runnable("the command line does that, not a backend: "
                                    "tests/unit/cli/terminal_test.cpp, tests/cli/streams_test.py"));
}

} // namespace containment
