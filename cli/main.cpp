// SPDX-License-Identifier: Apache-2.0
#include "exit_status.hpp"
#include "host_commands.hpp"
#include "images_command.hpp"
#include "languages_command.hpp"
#include "message.hpp"
#include "options.hpp"
#include "run_command.hpp"
#include "standard_descriptors.hpp"

#include <sandbox/error.hpp>
#include <sandbox/version.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

namespace sandbox::cli {
namespace {

constexpr unsigned most_jobs = 1024;

constexpr const char* in_short =
    "sandboxrun [OPTIONS] FILE [-- ARGS] is short for sandboxrun run; its options: sandboxrun run "
    "--help";

constexpr const char* exit_statuses =
    "Exit status: the program's own; 128+n for signal n; 124 time limit; 137 memory limit;\n"
    "153 output limit; 1 when compilation failed; 125 for an error of sandboxrun itself.";

/// What stands before `--` is ours, what stands after it the program's.
struct CommandLine {
  std::vector<std::string> ours;
  std::vector<std::string> args;
};

CommandLine split(const CLI::App& app, int argc, char** argv) {
  CommandLine line;
  int i = 1;
  for (; i < argc && std::strcmp(argv[i], "--") != 0; ++i) {
    line.ours.emplace_back(argv[i]);
  }
  for (++i; i < argc; ++i) {
    line.args.emplace_back(argv[i]);
  }
  const std::vector<const CLI::App*> verbs = app.get_subcommands({});
  const bool verb =
      !line.ours.empty() && std::any_of(verbs.begin(), verbs.end(), [&](const CLI::App* each) {
        return each->get_name() == line.ours.front();
      });
  const bool about = line.ours.empty() || line.ours.front() == "--help" ||
                     line.ours.front() == "-h" || line.ours.front() == "--version";
  if (!verb && !about) {
    line.ours.insert(line.ours.begin(), "run");
  }
  return line;
}

struct Arguments {
  BackendOptions backend;
  RunCommandOptions run;
  LanguagesOptions languages;
  ImagesOptions images;
  std::string shown_id;
  bool doctor_json{false};
  bool dry_run{false};
};

void define(CLI::App& app, Arguments& arguments) {
  app.set_version_flag("--version", fmt::format("sandboxrun {}", version));
  app.require_subcommand(1);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return fmt::format("sandboxrun: error: {} (sandboxrun --help tells more)\n", error.what());
  });
  CLI::App* run = app.add_subcommand("run", "Compile and run a program in a box (the default)");
  run->footer(exit_statuses);
  add_run_options(*run, arguments.run);
  add_backend_options(*run, arguments.backend);
  add_image_options(*run, arguments.backend);

  CLI::App* languages = app.add_subcommand("languages", "List, show and check the languages");
  languages->require_subcommand(0, 1);
  languages->add_flag("--json", arguments.languages.json, "As JSON");
  add_backend_options(*languages, arguments.backend);
  CLI::App* show = languages->add_subcommand("show", "One recipe as it was understood, as JSON");
  show->add_option("ID", arguments.shown_id, "Language")->required();
  CLI::App* check = languages->add_subcommand("check", "Run the self-tests of recipes");
  check->add_option("ID", arguments.languages.ids, "Languages; all when none is given");
  check->add_flag("--strict", arguments.languages.strict, "A missing toolchain is a failure");
  check
      ->add_option("-j,--jobs", arguments.languages.jobs,
                   "Recipes to check at one time (default: 1)")
      ->type_name("COUNT")
      ->check(CLI::Range(1U, most_jobs));

  add_images_verb(app, arguments.images, arguments.backend);
  CLI::App* doctor =
      app.add_subcommand("doctor", "What this host can do, and how to mend what it cannot");
  doctor->add_flag("--json", arguments.doctor_json, "As JSON");
  add_backend_options(*doctor, arguments.backend);
  CLI::App* gc = app.add_subcommand("gc", "Remove what killed applications left behind");
  gc->add_flag("--dry-run", arguments.dry_run, "Only list it");
  add_backend_options(*gc, arguments.backend);
  for (CLI::App* each : {languages->get_subcommand("show"), languages->get_subcommand("check")}) {
    each->fallthrough();
  }
  for (CLI::App* verb : {run, languages, app.get_subcommand("images"), doctor, gc}) {
    refuse_empty_values(*verb);
  }
  app.footer(fmt::format("{}\n\n{}", in_short, exit_statuses));
}

int dispatch(const CLI::App& app, Arguments& arguments, std::vector<std::string> args) {
  if (app.got_subcommand("languages")) {
    const CLI::App* languages = app.get_subcommand("languages");
    if (languages->got_subcommand("show")) {
      return show_language(arguments.shown_id, arguments.backend);
    }
    return languages->got_subcommand("check")
               ? check_languages(arguments.languages, arguments.backend)
               : list_languages(arguments.languages, arguments.backend);
  }
  if (app.got_subcommand("images")) {
    return images_command(*app.get_subcommand("images"), arguments.images, arguments.backend);
  }
  if (app.got_subcommand("doctor")) {
    return doctor_command(arguments.doctor_json, arguments.backend);
  }
  if (app.got_subcommand("gc")) {
    return gc_command(arguments.dry_run, arguments.backend);
  }
  return run_command(arguments.run, arguments.backend, std::move(args));
}

int main_with_errors(int argc, char** argv) {
  CLI::App app{"Runs code that you do not trust, and says what became of it", "sandboxrun"};
  Arguments arguments;
  define(app, arguments);
  CommandLine line = split(app, argc, argv);
  std::vector<std::string> reversed(line.ours.rbegin(),
                                    line.ours.rend()); // as CLI11 wants a vector
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : own_error_status;
  }
  const int status = dispatch(app, arguments, std::move(line.args));
  if (std::fflush(stdout) != 0) {
    throw Error(ErrorCode::resource, "write output", std::strerror(errno), {}, errno);
  }
  return status;
}

} // namespace
} // namespace sandbox::cli

int main(int argc, char** argv) {
  sandbox::cli::fill_standard_descriptors();
  try {
    return sandbox::cli::main_with_errors(argc, argv);
  } catch (const sandbox::Error& error) {
    if (error.code() == sandbox::ErrorCode::resource && error.system_error() == EPIPE) {
      return sandbox::cli::broken_pipe_status;
    }
    sandbox::cli::say(fmt::format("error: {}", error.what()));
  } catch (const std::exception& error) {
    sandbox::cli::say(fmt::format("error: {}", error.what()));
  }
  return sandbox::cli::own_error_status;
}
