// SPDX-License-Identifier: Apache-2.0
//
// Group M: what a compile stage could be made to do, here by a script that stands for the compiler:
// leave something for the run stage, for the collection, or for the next submission.
#include "common/file.hpp"
#include "containment/cage.hpp"
#include "containment/host.hpp"
#include "containment/outside.hpp"
#include "containment/submit.hpp"
#include "containment/table.hpp"

namespace containment {
namespace {

using sandbox::Report;
using sandbox::RunOptions;

void add_leftovers(Table& table) {
  for (const auto& [id, path] :
       std::vector<std::pair<std::string, std::string>>{{"CP-13.tmp", "/tmp/cc-left"},
                                                        {"CP-13.shm", "/dev/shm/cc-left"},
                                                        {"CP-16.home", "$HOME/.cache-left"},
                                                        {"CP-16.var-tmp", "/var/tmp/cc-left"}}) {
    // What cannot be left cannot be found either: then the second half is all there is to see.
    const std::string script = "cat " + path + " 2>/dev/null; echo from-before >" + path + "; :";
    table.push_back(Check(
        id, "leave " + path + " for the next submission",
        [script](Trial& trial) {
          for (int i = 0; i < 2; ++i) {
            const Report report =
                submit(trial, script_recipe(), {{"", script}, {"run.sh", "true"}});
            trial.expect(report.ok(), describe(report.last().result));
            trial.expect(!contains(all_output(report), "from-before"), "it is there");
          }
        },
        [script](Cage&) {
          Outside outside;
          const std::string at_home = "HOME=$PWD; ";
          const std::string clean =
              script + " rm -f /tmp/cc-left /dev/shm/cc-left /var/tmp/cc-left";
          outside.run(at_home + script);
          return contains(outside.run(at_home + clean), "from-before");
        }));
  }
}

/// Writes after the compile stage has ended.
const char* const daemon = "(setsid sh -c 'sleep 1; echo late >late' >/dev/null 2>&1 &)\n";
const char* const look = "sleep 1.5; cat late 2>/dev/null; :\n";

void add_daemons(Table& table) {
  table.push_back(Check(
      "CP-14.daemon", "a daemon of the compile stage that works on while the program runs",
      [](Trial& trial) {
        const Report report = submit(trial, script_recipe(), {{"", daemon}, {"run.sh", look}});
        trial.expect(report.ok(), describe(report.last().result));
        trial.expect(!contains(all_output(report), "late"), "it lived on");
        trial.expect(report.stages.front().result.leftover_processes > 0, "it was not counted");
      },
      [](Cage&) {
        Outside outside;
        outside.put("main.sh", daemon);
        outside.put("run.sh", look);
        return contains(outside.run("sh main.sh; sh run.sh"), "late");
      }));
  // The first shell stays: were it gone before the others are many, the stage would be over.
  const std::string bomb = "f() { f | f & }; f; exec sleep 10\n";
  table.push_back(
      Check(
          "CP-12.fork-bomb", "a compile stage that forks without end",
          [bomb](Trial& trial) {
            RunOptions options = small_limits();
            options.compile_limits->wall_time = std::chrono::seconds{3};
            const std::string name = trial.mark() + ".sh";
            const Report report =
                submit(trial, script_recipe(), {{name, bomb}, {"run.sh", "true"}}, options);
            const sandbox::Result& result = report.stages.front().result;
            trial.expect(!result.touched.empty(), "the limit was not touched");
            trial.expect(result.usage.processes_peak.value_or(0) <= 16, "more than 16 processes");
          },
          [](Cage&) {
            Outside outside;
            return contains(outside.run("for i in $(seq 40); do sleep 1 & "
                                        "all=\"$all $!\"; done; echo $i; kill $all"),
                            "40");
          })
          .full()
          .slow());
}

void add_replaced_programs(Table& table) {
  table.push_back(Check(
      "CP-14.link", "a link in place of the program, for the collection to follow",
      [](Trial& trial) {
        const Canary canary;
        RunOptions options = small_limits();
        options.artifacts = {"program", "run.sh", "**"};
        const std::string script = "ln -s " + (canary.directory() / "alone").string() +
                                   " program; ln -s /etc folder; ln -s / /box/root; "
                                   "ln -s /proc/self/fd/0 stdin; mkfifo pipe";
        const Report report =
            submit(trial, script_recipe(), {{"", script}, {"run.sh", "true"}}, options);
        trial.expect(report.ok(), describe(report.last().result));
        trial.expect(!contains(all_output(report), Canary::text), "the link was followed");
        for (const sandbox::Artifact& artifact : report.artifacts) {
          trial.expect(artifact.path == "main.sh" || artifact.path == "run.sh",
                       "brought back: " + artifact.path);
        }
        trial.expect(report.skipped_artifacts.size() >= 4, "links were passed over in silence");
      },
      [](Cage&) {
        const Canary canary;
        Outside outside;
        outside.run("ln -s " + (canary.directory() / "alone").string() + " program");
        return contains(common::read_file(outside.folder() / "program"), Canary::text);
      }));
  table.push_back(Check(
      "CP-14.next-source", "a link in place of a file that the next stage would be given",
      [](Trial& trial) {
        const Canary canary;
        sandbox::Command command;
        const std::string target = (canary.directory() / "alone").string();
        command.argv = {"/bin/sh", "-c", "ln -s " + target + " answer; ln -s /tmp folder"};
        for (const char* name : {"answer", "folder/file"}) {
          trial.expect(trial.run_command(trial.box(), command).result.ok(), "links can be made");
          bool refused = false;
          try {
            trial.box().put_file(name, "overwritten");
            trial.run_command(trial.box(), command);
          } catch (const sandbox::Error&) {
            refused = true;
          }
          trial.expect(refused, std::string("was written through a link: ") + name);
          trial.close_box();
        }
        trial.expect(!canary.is_overwritten(), "the host's file was written to");
      },
      [](Cage&) {
        const Canary canary;
        Outside outside;
        outside.run("ln -s " + (canary.directory() / "alone").string() + " answer");
        outside.put("answer", "overwritten");
        return canary.is_overwritten();
      }));
}

void add_secrets(Table& table) {
  const std::string script = "env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null; :";
  table.push_back(Check(
      "CP-02.environment", "secrets in the environment of the compile stage",
      [script](Trial& trial) {
        const Report report = submit(trial, script_recipe(), {{"", script}, {"run.sh", "true"}});
        trial.expect(report.ok(), describe(report.last().result));
        trial.expect(!contains(all_output(report), "of-the-supervisor"), "they are there");
      },
      [script](Cage&) {
        Outside outside;
        return contains(outside.run(script), "of-the-supervisor");
      }));
  table.push_back(Check(
      "CP-03.input", "read the input of the run stage while compiling",
      [](Trial& trial) {
        sandbox::Submission submission;
        submission.files = {{"", "#include \"/proc/self/fd/0\"\n"}};
        submission.input = sandbox::BytesInput{"answer here;\n"};
        const Report report =
            sandbox::Sandbox(trial.backend()).run(shipped("c"), submission, small_limits());
        trial.expect(report.compile_failed(), "it was compiled");
        trial.expect(!contains(all_output(report), "answer"), "it was read");
      },
      [](Cage&) {
        Outside outside;
        outside.put("main.c", "#include \"/proc/self/fd/0\"\n");
        return contains(outside.run("echo 'answer here;' | gcc main.c"), "answer");
      }));
}

} // namespace

void add_compile_stage(Table& table) {
  add_leftovers(table);
  add_daemons(table);
  add_replaced_programs(table);
  add_secrets(table);
  const auto nothing = [](Trial&) {};
  const auto never = [](Cage&) { return false; };
  table.push_back(
      Check("CP-15.parsers", "files that upset tools of the supervisor's", nothing, never)
          .not_runnable("the library runs no tool on what a program leaves"));
  table.push_back(
      Check("CP-02.other-languages", "include_str!, go:embed, readFile and others", nothing, never)
          .not_runnable("CP-01 and CP-02 show the view, which is the box's whatever the compiler"));
}

} // namespace containment
