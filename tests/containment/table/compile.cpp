// SPDX-License-Identifier: Apache-2.0
//
// Group M: what is handed in to be compiled, by the shipped recipes.
#include "containment/cage.hpp"
#include "containment/host.hpp"
#include "containment/outside.hpp"
#include "containment/submit.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <chrono>

namespace containment {
namespace {

using sandbox::MiB;
using sandbox::Report;
using sandbox::RunOptions;
using sandbox::Submission;

// ---- files of the host ------------------------------------------------------------------------

/// `@` in a source stands for the path of a file of the host.
std::string aimed(std::string source, const std::string& path) {
  for (std::size_t at = 0; (at = source.find('@', at)) != std::string::npos; at += path.size()) {
    source.replace(at, 1, path);
  }
  return source;
}

Check steals(const std::string& id, const std::string& title, const std::string& source) {
  return {id, title,
          [source](Trial& trial) {
            const Canary canary;
            const std::string text = aimed(source, (canary.directory() / "alone").string());
            const Report report = submit(trial, shipped("c"), {{"", text}});
            trial.expect(!contains(all_output(report), Canary::text), "the host's file was read");
          },
          [source](Cage&) {
            const Canary canary;
            Outside outside;
            outside.put("main.c", aimed(source, (canary.directory() / "alone").string()));
            return contains(outside.run("gcc -o program main.c; ./program"), Canary::text);
          }};
}

const char* const prints_secret =
    "extern const char secret[]; int puts(const char*); int main(void) { puts(secret); }\n";

/// Compiles an object outside; returns a linker script that takes it in.
std::string make_secret(Outside& outside) {
  outside.put("secret.c", std::string("const char secret[] = \"") + Canary::text + "\";\n");
  outside.run("gcc -c secret.c");
  return "INPUT(" + (outside.folder() / "secret.o").string() + ")";
}

void link_in_a_box(Trial& trial) {
  Outside outside;
  const std::string script = make_secret(outside);
  const Report report = submit(trial, shipped("c"), {{"main.o", script}, {"m.c", prints_secret}});
  trial.expect(report.compile_failed(), "it was linked");
  trial.expect(!contains(all_output(report), Canary::text), "the host's file was read");
}

void add_files_of_the_host(Table& table) {
  table.push_back(
      steals("CP-01.include", "include a file of the host", "#include \"@\"\nint main(void) {}\n"));
  table.push_back(steals("CP-01.digraph", "include it past a filter of words",
                         "%:in\\\nclude <@>\nint main(void) {}\n"));
  table.push_back(steals("CP-01.computed", "include it by a macro",
                         "#define QUOTE(x) #x\n#define FILE_OF(x) QUOTE(x)\n#define secret @\n"
                         "#include FILE_OF(secret)\nint main(void) {}\n"));
  table.push_back(steals("CP-02.incbin", "take it in by the assembler",
                         "__asm__(\".global it\\nit: .incbin \\\"@\\\"\\n.byte 0\\n\");\n"
                         "extern const char it[]; int puts(const char*);\n"
                         "int main(void) { puts(it); }\n"));
  table.push_back(steals("CP-02.has-include", "ask whether it is there",
                         "#if __has_include(\"@\")\n#error the canary sings\n#endif\n"
                         "int main(void) {}\n"));
  table.push_back(
      Check("CP-11.linker", "take an object in by the linker, as a script called main.o",
            link_in_a_box, [](Cage&) {
              Outside outside;
              outside.put("main.o", make_secret(outside));
              outside.put("m.c", prints_secret);
              return contains(outside.run("gcc -o program m.c main.o && ./program"), Canary::text);
            }));
}

// ---- bombs ------------------------------------------------------------------------------------

struct Bomb {
  std::string id;
  std::string title;
  std::string language;
  std::string source;
  /// What is right: the verdicts of the compile stage. It fails in any case.
  std::set<sandbox::Verdict> verdicts;
};

const std::set<sandbox::Verdict> by_a_limit{
    sandbox::Verdict::cpu_time_limit, sandbox::Verdict::wall_time_limit,
    sandbox::Verdict::memory_limit,
    sandbox::Verdict::nonzero_exit}; // the compiler's own words for memory or files that ran out

void expect_bounded(Trial& trial, const Bomb& bomb, const Report& report) {
  const sandbox::StageReport& stage = report.stages.front();
  trial.expect(report.compile_failed(), "it was compiled");
  trial.expect(bomb.verdicts.contains(stage.result.verdict), "verdict: " + describe(stage.result));
  trial.expect(stage.result.usage.wall_time < std::chrono::seconds{6}, "took too long");
  trial.expect(stage.standard_error.bytes().size() <= 2 * MiB, "the message is not bounded");
}

/// Outside it is killed, or has nothing left of what it was given there.
bool explodes(const Bomb& bomb) {
  Outside outside;
  const std::string file = bomb.language == "c" ? "main.c" : "main.cpp";
  outside.put(file, bomb.source);
  const std::string said = outside.run(
      (bomb.language == "c" ? "gcc -O2 -o program " : "g++ -std=c++20 -O2 -o program ") + file +
      "; s=$?; ls -l program 2>/dev/null; exit $s");
  for (const char* sign : {"emory", "Killed", "too large", "signal terminated", "limit exceeded"}) {
    if (contains(said, sign)) {
      return true;
    }
  }
  return outside.status() >= 124 || said.size() > MiB;
}

std::vector<Bomb> bombs() {
  std::string macros = "#define x0 1 + 1\n";
  for (int i = 1; i <= 30; ++i) {
    const std::string before = " x" + std::to_string(i - 1);
    macros += "#define x" + std::to_string(i) + before + " +" + before + "\n";
  }
  std::set<sandbox::Verdict> or_output = by_a_limit;
  or_output.insert(sandbox::Verdict::output_limit);
  return {
      {"CP-03.zero", "include what never ends", "c", "#include \"/dev/zero\"\n", by_a_limit},
      {"CP-03.urandom", "include noise that never ends", "c", "#include \"/dev/urandom\"\n",
       or_output},
      {"CP-04.includes", "a file that includes itself twice", "c",
       "#include __FILE__\n#include __FILE__\nint x;\n", or_output},
      {"CP-04.macros", "a macro that doubles thirty times", "c",
       macros + "int main(void) { return x30; }\n", by_a_limit},
      {"CP-05.errors", "errors without end", "cpp",
       "#define E x(y(z(;\n#define F E E E E E E E E\n#define G F F F F F F F F\n"
       "#define H G G G G G G G G\n#define I H H H H H H H H\nI I I I\n",
       or_output},
      {"CP-06.data", "a program of 2 GiB", "c",
       "char a[2000000000] = {1};\nint main(void) { return a[1]; }\n", by_a_limit},
      {"CP-06.fill", "an assembler that fills", "c",
       "__asm__(\".data\\n.rept 2000000000\\n.quad 1\\n.endr\\n\");\nint main(void) {}\n",
       by_a_limit},
      {"CP-07.constexpr", "a value that takes for ever", "cpp",
       "constexpr int f(int n) { int s = 0; for (int i = 0; i < 200000; ++i) s ^= i; return s + n; "
       "}\n"
       "template<int N> struct S { static constexpr int v = f(N) + S<N - 1>::v; };\n"
       "template<> struct S<0> { static constexpr int v = 0; };\nint main() { return S<800>::v; "
       "}\n",
       by_a_limit},
      {"CP-07.templates", "types without end", "cpp",
       "template<int N, class T> struct S { typename S<N - 1, S<N, T>>::t a; "
       "typename S<N - 1, S<N, T*>>::t b; using t = S; };\n"
       "template<class T> struct S<0, T> { using t = T; };\nS<30, int> x;\nint main() {}\n",
       or_output},
  };
}

void add_bombs(Table& table) {
  for (const Bomb& bomb : bombs()) {
    table.push_back(Check(
                        bomb.id, bomb.title,
                        [bomb](Trial& trial) {
                          expect_bounded(
                              trial, bomb,
                              submit(trial, shipped(bomb.language), {{"", bomb.source}}));
                        },
                        [bomb](Cage&) { return explodes(bomb); })
                        .full()
                        .slow());
  }
}

// ---- names ------------------------------------------------------------------------------------

const char* const hello =
    "int puts(const char*); int main(void) { puts(\"compiled\"); return 0; }\n";

/// Whether this command, in a folder with these files, fails; and with a usual name it does not.
bool misled_by(const std::string& command, const std::vector<std::string>& names) {
  Outside outside;
  for (const std::string& name : names) {
    outside.put(name, hello);
  }
  outside.put("usual.c", hello);
  outside.run("gcc usual.c -o usual && ./usual");
  const bool usual = outside.status() == 0;
  outside.run(command);
  return usual && outside.status() != 0;
}

void expect_compiled(Trial& trial, const Report& report) {
  trial.expect(report.ok() && contains(all_output(report), "compiled"),
               "is no file like another: " + describe(report.last().result) + ": " +
                   all_output(report));
}

/// Compiled and run as any other file, whatever a shell or a compiler would make of its name.
Check harmless_name(const std::string& id, const std::string& name) {
  return {"CP-10." + id, "a source called " + name,
          [name](Trial& trial) {
            expect_compiled(trial, submit(trial, shipped("c"), {{name, hello}}));
          },
          [name](Cage&) { return misled_by("gcc " + name + " && ./a.out", {name}); }};
}

void add_names(Table& table) {
  const std::string piped = "|echo${IFS}exec\"\"uted;x.sql";
  table.push_back(harmless_name("plugin", "-fplugin=x.c"));
  table.push_back(harmless_name("output", "-o.c"));
  table.push_back(harmless_name("options", "@options.c")
                      .not_runnable("gcc itself hands the name to cc1 as a file of options: in the "
                                    "box, where a submitter may do as much"));
  table.push_back(harmless_name("semicolon", "a;b.c"));
  table.push_back(harmless_name("command", "$(id).c"));
  table.push_back(harmless_name("blank", " a b.c"));
  table.push_back(harmless_name("backslash", "a\\nb.c"));
  table.push_back(harmless_name("not-utf8", "a\xff\xfe"
                                            ";x.c"));
  table.push_back(Check(
      "CP-10.further", "a further source that is an option",
      [](Trial& trial) {
        expect_compiled(trial, submit(trial, shipped("c"),
                                      {{"", hello}, {"-Wl,--version.c", "int further;\n"}}));
      },
      [](Cage&) {
        return misled_by("gcc usual.c -Wl,--version.c -o program && ./program",
                         {"-Wl,--version.c"});
      }));
  table.push_back(Check(
      "CP-10.read", "a name that is a command to sqlite3",
      [piped](Trial& trial) {
        const Report report = submit(trial, shipped("sqlite"), {{piped, "select 'as a file';"}});
        trial.expect(!contains(all_output(report), "executed"), "it was executed");
      },
      [piped](Cage&) {
        Outside outside;
        return contains(outside.run("sqlite3 -batch -bail :memory: '.read " + piped + "'"),
                        "executed");
      }));
  table.push_back(Check(
      "CP-09.options", "arguments of the program as options of the compiler",
      [](Trial& trial) {
        Submission submission;
        submission.files = {{"", hello}};
        submission.args = {"-fplugin=./x.so", "-wrapper", "sh"};
        submission.env = {{"GCC_EXEC_PREFIX", "/box/"}, {"COMPILER_PATH", "/box"}};
        expect_compiled(
            trial, sandbox::Sandbox(trial.backend()).run(shipped("c"), submission, small_limits()));
      },
      [](Cage&) { return misled_by("gcc usual.c -fplugin=./x.so -wrapper sh && ./a.out", {}); }));
}

} // namespace

void add_compile(Table& table) {
  add_files_of_the_host(table);
  add_bombs(table);
  add_names(table);
}

} // namespace containment
