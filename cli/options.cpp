// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <sandbox/limits.hpp>
#include <sandbox/units.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace sandbox::cli {
namespace {

constexpr const char* backend_group = "Backend";

class LimitGroup {
 public:
  LimitGroup(CLI::App& app, TypedLimits& limits) : app_(app), limits_(limits) {}

  void add(const std::string& flags, const std::string& limit, const std::string& unit,
           const std::string& text) {
    TypedLimit& typed = limits_[limit];
    typed.option = flags.substr(flags.find("--"));
    app_.add_option(flags, typed.text, text)
        ->type_name(unit)
        ->group("Limits (defaults: the recipe's)");
  }

 private:
  CLI::App& app_;
  TypedLimits& limits_;
};

std::string usually(const std::string& value) {
  return fmt::format(" (usually {})", value);
}

void add_limits(CLI::App& app, RunCommandOptions& options) {
  const Limits usual;
  LimitGroup run(app, options.run_limits);
  run.add("-t,--time", "cpu_time", "TIME",
          "CPU time of all processes: 500ms, 2s, 1m" + usually(format_duration(usual.cpu_time)));
  run.add("-w,--wall", "wall_time", "TIME", "Wall time" + usually("2 x CPU time + 1 s"));
  run.add("-m,--memory", "memory", "SIZE",
          "Memory of all processes, swap counted: 64MiB, 1GiB" +
              usually(format_size(usual.memory_bytes)));
  run.add("-p,--processes", "processes", "COUNT",
          "Processes and threads at one time" + usually(fmt::to_string(usual.processes)));
  run.add("--cores", "cores", "NUMBER",
          "Share of the machine's cores: 0.5, 2" + usually(fmt::to_string(usual.cores)));
  run.add("-o,--output", "output", "SIZE",
          "Bytes on each of stdout and stderr" + usually(format_size(usual.output_bytes)));
  run.add("--file-size", "file_size", "SIZE",
          "Size of any one file" + usually(format_size(usual.file_size_bytes)));
  run.add("--disk", "disk", "SIZE",
          "Everything in /box together" + usually(format_size(usual.disk_bytes)));
  run.add("--inodes", "disk_inodes", "COUNT",
          "Files and directories in /box" + usually(fmt::to_string(usual.disk_inodes)));
  run.add("--open-files", "open_files", "COUNT",
          "Descriptors of each process" + usually(fmt::to_string(usual.open_files)));
  run.add("--stack", "stack", "SIZE",
          "Stack of each process" + usually(format_size(usual.stack_bytes)));
  const Limits usual_compile = default_compile_limits();
  LimitGroup compile(app, options.compile_limits);
  compile.add("--compile-time", "cpu_time", "TIME",
              "CPU time of the compile stage" + usually(format_duration(usual_compile.cpu_time)));
  compile.add("--compile-memory", "memory", "SIZE",
              "Memory of the compile stage" + usually(format_size(usual_compile.memory_bytes)));
}

} // namespace

void add_backend_options(CLI::App& app, BackendOptions& options) {
  const char* group = backend_group;
  app.add_option("--backend", options.backend,
                 "auto, docker or native; else $SANDBOX_BACKEND, else auto")
      ->type_name("NAME")
      ->group(group);
  add_docker_host_option(app, options);
  app.add_option("--runtime", options.runtime,
                 "The engine's runtime for containers: runsc, kata (default: the engine's)")
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
                 "Control group that ours are made in, or self (default: /libsandbox)")
      ->type_name("PATH")
      ->group(group);
  add_languages_option(app, options);
}

void add_image_options(CLI::App& app, BackendOptions& options) {
  app.add_option("--image", options.image, "Run in this image instead of the recipe's")
      ->type_name("NAME")
      ->group(backend_group);
  app.add_flag("--pull", options.pull,
               "Get a missing image first: pull or build it, as the recipe says")
      ->group(backend_group);
}

void add_docker_host_option(CLI::App& app, BackendOptions& options) {
  app.add_option("--docker-host", options.docker_host,
                 "The engine: unix:///path, tcp://host:port; else $DOCKER_HOST, else the usual "
                 "sockets")
      ->type_name("URL")
      ->group(backend_group);
}

void add_languages_option(CLI::App& app, BackendOptions& options) {
  app.add_option("--languages", options.languages,
                 "Folder of recipes; else $SANDBOX_LANGUAGES, else the installed one")
      ->type_name("DIR")
      ->group(backend_group);
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
  app.add_option("--network", options.network, "none or loopback (default: none)")
      ->type_name("MODE")
      ->group(box);
  app.add_option("--cache", options.cache,
                 "Keep what compiling makes in this folder, and compile the same only once")
      ->type_name("DIR")
      ->group(box);
  app.add_option("--cache-size", options.cache_size,
                 "What the folder of --cache may hold (default: 1 GiB)")
      ->type_name("SIZE")
      ->group(box);
  add_limits(app, options);
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
                 "Where artifacts go (default: the current folder)")
      ->type_name("DIR")
      ->group(output);
  app.add_flag("--force", options.force, "Overwrite files that artifacts are named like")
      ->group(output);
  app.add_option("--keep", options.keep, "What the report keeps of each stream (default: 1 MiB)")
      ->type_name("SIZE")
      ->group(output);
  app.add_flag("--head-and-tail", options.head_and_tail,
               "Keep the beginning and the end of what is longer, not the beginning alone")
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
