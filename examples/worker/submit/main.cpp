// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <sandbox/error.hpp>

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <cstdio>
#include <exception>

namespace {

using submit::Options;

void add_submit(CLI::App& app, Options& options) {
  CLI::App* const verb =
      app.add_subcommand("submit", "Hand in a source file, or a job as JSON; prints its id");
  verb->add_option("file", options.file, "Source file; - is stdin")->required();
  CLI::Option* const json =
      verb->add_flag("--json", options.is_json, "FILE is a job (job.schema.json)");
  verb->add_option("--lang", options.language,
                   "Recipe's id or alias; else the file's extension is taken for it")
      ->excludes(json);
  verb->add_option("--input", options.input, "File that the program reads on stdin")
      ->excludes(json);
  verb->add_option("--arg", options.args, "An argument of the program's")->excludes(json);
  verb->add_option("--limit", options.limits, "NAME=VALUE, as memory=256MiB")->excludes(json);
  verb->add_option("--id", options.id, "Else one is made");
  verb->add_option("--queue", options.queue, "Else by --priority: jobs:high, jobs, jobs:low");
  verb->add_option("--priority", options.priority)->check(CLI::IsMember({"high", "normal", "low"}));
  verb->add_flag("--wait", options.wait, "Print the result in place of the id");
  verb->add_option("--timeout", options.timeout_s, "Seconds to wait")->capture_default_str();
}

void add_looks(CLI::App& app, Options& options) {
  CLI::App* const wait = app.add_subcommand("wait", "Print a result as soon as it is there");
  wait->add_option("id", options.id)->required();
  wait->add_option("--timeout", options.timeout_s, "Seconds to wait")->capture_default_str();
  app.add_subcommand("status", "pending, running, done, refused or dead")
      ->add_option("id", options.id)
      ->required();
  CLI::App* const dead = app.add_subcommand("dead", "Dead letters");
  dead->require_subcommand(1);
  dead->add_subcommand("list", "One JSON document a line")
      ->add_option("--count", options.count)
      ->capture_default_str();
  for (const char* const name : {"replay", "discard"}) {
    CLI::App* const verb = dead->add_subcommand(name, "By handle, as list shows them");
    verb->add_option("handle", options.handles);
    verb->add_flag("--all", options.all);
    verb->require_option(1);
  }
}

int run(const CLI::App& app, Options& options) {
  const worker::Config config = worker::load_config(options.config_file, environ);
  const std::string verb = app.get_subcommands().front()->get_name();
  if (verb == "submit") {
    return submit::submit(config, options);
  }
  if (verb == "wait") {
    return submit::wait(config, options);
  }
  if (verb == "status") {
    return submit::status(config, options);
  }
  return submit::dead(config, options,
                      app.get_subcommands().front()->get_subcommands().front()->get_name());
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Hands jobs in to workers' queues, and looks after them.", "sandbox-submit");
  app.footer("Exit status: 0; 1 dead letter or no result in time; 2 misuse; 3 the queue is full; 4 "
             "the id is taken; 5 no "
             "queue");
  Options options;
  app.add_option("--config", options.config_file,
                 "The worker's; variables SANDBOX_WORKER_<SECTION>_<KEY> win over it");
  app.require_subcommand(1);
  add_submit(app, options);
  add_looks(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : submit::misuse;
  }
  try {
    return run(app, options);
  } catch (const worker::QueueError& error) {
    std::fprintf(stderr, "sandbox-submit: %s\n", error.what());
    return submit::no_queue;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sandbox-submit: %s\n", error.what());
    return submit::misuse;
  }
}
