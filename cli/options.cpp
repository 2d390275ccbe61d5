// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <CLI/CLI.hpp>

namespace sandbox::cli {
namespace {

void add_limits(CLI::App& app, LimitOptions& limits) {
  const auto add = [&](const char* name, std::string& value, const char* unit, const char* text) {
    app.add_option(name, value, text)->type_name(unit)->group("Limits (defaults: the recipe's)");
  };
  add("-t,--time", limits.time, "TIME", "CPU time of all processes: 500ms, 2s, 1m; usually 2s");
  add("-w,--wall", limits.wall, "TIME", "Wall time; 2 x CPU time + 1s");
  add("-m,--memory", limits.memory, "SIZE",
      "Memory of all processes, swap counted: 64MiB, 1GiB; usually 256MiB");
  add("-p,--processes", limits.processes, "COUNT", "Processes and threads at one time; usually 64");
  add("--cores", limits.cores, "NUMBER", "Share of the machine's cores: 0.5, 2; 1");
  add("-o,--output", limits.output, "SIZE", "Bytes on each of stdout and stderr; 1MiB");
  add("--file-size", limits.file_size, "SIZE", "Size of any one file; 16MiB");
  add("--disk", limits.disk, "SIZE", "Everything in /box together; 64MiB");
  add("--inodes", limits.inodes, "COUNT", "Files and directories in /box; 4096");
  add("--open-files", limits.open_files, "COUNT", "Descriptors of each process; 256");
  add("--stack", limits.stack, "SIZE", "Stack of each process; 64MiB");
  add("--compile-time", limits.compile_time, "TIME", "CPU time of the compile stage; usually 10s");
  add("--compile-memory", limits.compile_memory, "SIZE",
      "Memory of the compile stage; usually 512MiB");
}

} // namespace

void add_backend_options(CLI::App& app, BackendOptions& options) {
  const char* group = "Backend";
  app.add_option("--backend", options.backend, "auto or native; else $SANDBOX_BACKEND, else auto")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--rootfs", options.rootfs,
                 "Show this unpacked root file system instead of the host's toolchains")
      ->type_name("DIR")
      ->group(group);
  app.add_option("--require", options.require, "Fail unless this guarantee is in force")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--accept-missing", options.accept_missing,
                 "Run although this host cannot give this guarantee")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--cgroup-parent", options.cgroup_parent,
                 "Control group that ours are made in, or self; /libsandbox")
      ->type_name("PATH")
      ->group(group);
  app.add_option("--languages", options.languages,
                 "Folder of recipes; else $SANDBOX_LANGUAGES, else the installed one")
      ->type_name("DIR")
      ->group(group);
}

void add_run_options(CLI::App& app, RunCommandOptions& options) {
  app.add_option("FILE", options.file,
                 "Source to run; - reads it from stdin, and the program's input is then empty")
      ->required();
  app.add_option("-l,--lang", options.language, "Language; else the file's extension decides")
      ->type_name("ID");
  const char* box = "Box";
  app.add_option("--file", options.extra_files, "Put one more file into /box")
      ->type_name("PATH[:NAME]")
      ->allow_extra_args(false)
      ->group(box);
  app.add_option("--env", options.env, "Set a variable for the program")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->group(box);
  app.add_option("--stdin", options.input,
                 "Read the program's input from a file instead of our stdin")
      ->type_name("FILE")
      ->group(box);
  app.add_option("--network", options.network, "none or loopback; none")
      ->type_name("MODE")
      ->group(box);
  add_limits(app, options.limits);
  const char* output = "Output";
  app.add_option("--report", options.report,
                 "Write the full result as JSON; - for stdout, the output then stands in it")
      ->type_name("FILE")
      ->group(output);
  app.add_option("--artifact", options.artifacts,
                 "Bring back files of /box that match: *.o, out/**")
      ->type_name("GLOB")
      ->allow_extra_args(false)
      ->group(output);
  app.add_option("--artifact-dir", options.artifact_directory,
                 "Where artifacts go; the current folder")
      ->type_name("DIR")
      ->group(output);
  app.add_flag("--force", options.force, "Overwrite files that artifacts are named like")
      ->group(output);
  app.add_flag("--head-and-tail", options.head_and_tail,
               "Keep the end of long output too, in --report -")
      ->group(output);
  app.add_flag("--raw", options.raw, "Pass control bytes to the terminal")->group(output);
}

void refuse_empty_values(CLI::App& app) {
  const CLI::Validator filled(
      [](const std::string& value) { return value.empty() ? "must not be empty" : ""; }, "");
  for (CLI::Option* option : app.get_options()) {
    if (option->get_items_expected_max() > 0) {
      option->check(filled);
    }
  }
}

} // namespace sandbox::cli
