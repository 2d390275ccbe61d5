// SPDX-License-Identifier: Apache-2.0
#include "backend_choice.hpp"
#include "job.hpp"
#include "languages_command.hpp"
#include "printable.hpp"
#include "self_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace sandbox::cli {
namespace {

struct Tally {
  unsigned passed{0};
  unsigned failed{0};
  unsigned missing{0};
};

/// One recipe's lines are printed together, whatever else runs beside it.
struct Outcome {
  std::string text;
  Tally tally;
};

void add(Outcome& outcome, const Recipe& recipe, std::string_view what, bool passed,
         std::string_view detail) {
  outcome.text += fmt::format("{:<12} {}  {}{}{}\n", recipe.id, passed ? "ok    " : "FAILED", what,
                              detail.empty() ? "" : ": ", detail);
  ++(passed ? outcome.tally.passed : outcome.tally.failed);
}

void check_version(const Sandbox& sandbox, const Recipe& recipe, const RunOptions& options,
                   Outcome& outcome) {
  try {
    add(outcome, recipe, "version", true, printable(sandbox.toolchain_version(recipe, options)));
  } catch (const Error& error) {
    add(outcome, recipe, "version", false, error.what());
  }
}

/// The backends that are wanted, each made once.
class Places {
 public:
  explicit Places(const BackendOptions& options) : options_(options) {
    const std::vector<BackendKind> kinds = wanted_backends(options);
    const auto wanted = [&](BackendKind kind) {
      return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
    };
    if (wanted(BackendKind::docker) && engine_answers(options)) {
      docker_ = make_backend(BackendKind::docker, options);
    }
    if (wanted(BackendKind::native)) {
      native_ = make_backend(BackendKind::native, options);
    }
  }

  /// nullptr, and what is `missing`, for a recipe that none of them can run.
  Backend* find(const Recipe& recipe, std::string& missing) const {
    if (docker_ != nullptr) {
      missing = missing_image(options_, recipe);
      if (missing.empty()) {
        return docker_.get();
      }
    }
    if (native_ != nullptr) {
      const std::string tools = missing_toolchain(options_, recipe);
      if (tools.empty()) {
        return native_.get();
      }
      missing = missing.empty() ? tools : missing + " | " + tools;
    }
    return nullptr;
  }

 private:
  const BackendOptions& options_;
  std::unique_ptr<Backend> docker_;
  std::unique_ptr<Backend> native_;
};

Outcome check(const Places& places, const Recipe& recipe, const RunOptions& options) {
  Outcome outcome;
  std::string missing;
  Backend* backend = places.find(recipe, missing);
  if (backend == nullptr) {
    outcome.text = fmt::format("{:<12} missing  {}\n", recipe.id, missing);
    outcome.tally.missing = 1;
    return outcome;
  }
  const Sandbox sandbox(*backend);
  check_version(sandbox, recipe, options, outcome);
  for (const SelfTest& test : recipe.self_tests) {
    std::string difference;
    try {
      difference = run_self_test(sandbox, recipe, test, options);
    } catch (const Error& error) {
      difference = fmt::format("error: {}", error.what());
    }
    add(outcome, recipe, test.name, difference.empty(), difference);
  }
  return outcome;
}

std::vector<const Recipe*> chosen(const RecipeCatalog& catalog,
                                  const std::vector<std::string>& ids) {
  std::vector<const Recipe*> recipes;
  recipes.reserve(std::max(ids.size(), catalog.recipes().size()));
  for (const std::string& id : ids) {
    recipes.push_back(&catalog.at(id));
  }
  if (ids.empty()) {
    for (const Recipe& recipe : catalog.recipes()) {
      recipes.push_back(&recipe);
    }
  }
  return recipes;
}

} // namespace

int check_languages(const LanguagesOptions& options, const BackendOptions& backend_options) {
  const RecipeCatalog catalog = load_catalog(backend_options);
  const std::vector<const Recipe*> recipes = chosen(catalog, options.ids);
  const Places places(backend_options);
  RunOptions run;
  run.rootfs = backend_options.rootfs;
  std::mutex mutex;
  Tally total;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < recipes.size(); i = next++) {
      const Outcome outcome = check(places, *recipes[i], run);
      const std::lock_guard lock(mutex);
      fmt::print("{}", outcome.text);
      std::fflush(stdout);
      total.passed += outcome.tally.passed;
      total.failed += outcome.tally.failed;
      total.missing += outcome.tally.missing;
    }
  };
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < std::max(1U, options.jobs); ++i) {
      workers.emplace_back(work);
    }
  }
  fmt::print("{} passed, {} failed, {} toolchains missing\n", total.passed, total.failed,
             total.missing);
  return total.failed == 0 && (!options.strict || total.missing == 0) ? 0 : 1;
}

} // namespace sandbox::cli
