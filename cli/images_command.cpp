// SPDX-License-Identifier: Apache-2.0
#include "images_command.hpp"

#include "images_verbs.hpp"
#include "job.hpp"

#include <CLI/CLI.hpp>

namespace sandbox::cli {
namespace {

void add_names(CLI::App& verb, ImagesOptions& options, const char* name, const char* text) {
  verb.add_option(name, options.names, text);
  verb.fallthrough();
}

} // namespace

void add_images_verb(CLI::App& app, ImagesOptions& options, BackendOptions& backend) {
  CLI::App* images = app.add_subcommand("images", "List, build, pull and remove the languages' "
                                                  "images");
  images->require_subcommand(0, 1);
  images->add_flag("--json", options.json, "As JSON");
  add_docker_host_option(*images, backend);
  add_languages_option(*images, backend);
  add_names(*images->add_subcommand("list", "Which images there are (the default)"), options, "ID",
            "Languages; all when none is given");
  CLI::App* build = images->add_subcommand("build", "Build images from the Dockerfiles of recipes");
  add_names(*build, options, "ID", "Languages; all that have a Dockerfile when none is given");
  build
      ->add_option("--network", options.network,
                   "default or host: what the build's own commands see (default: default)")
      ->type_name("MODE")
      ->check(CLI::IsMember({"default", "host"}));
  build->add_flag("--no-cache", options.no_cache, "Use nothing of earlier builds");
  add_names(*images->add_subcommand("pull", "Pull images, without credentials"), options,
            "ID|IMAGE",
            "Languages or images; all languages without a Dockerfile when none is given");
  CLI::App* remove = images->add_subcommand("remove", "Remove images");
  add_names(*remove, options, "ID|IMAGE", "Languages or images");
  remove->get_option("ID|IMAGE")->required();
}

int images_command(const CLI::App& images, const ImagesOptions& options,
                   const BackendOptions& backend) {
  const RecipeCatalog catalog = load_catalog(backend);
  const Images engine(backend.docker_host);
  if (images.got_subcommand("build")) {
    return build_images(engine, wishes_to_build(catalog, options.names),
                        {options.network == "host", options.no_cache});
  }
  if (images.got_subcommand("pull")) {
    return pull_images(engine, wishes_to_pull(catalog, options.names));
  }
  if (images.got_subcommand("remove")) {
    return remove_images(engine, wishes(catalog, options.names));
  }
  return list_images(engine, wishes_of_languages(catalog, options.names), options.json);
}

} // namespace sandbox::cli
