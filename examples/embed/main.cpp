// SPDX-License-Identifier: Apache-2.0
#include <sandbox/sandbox.hpp>

#include <iostream>

int main() {
  auto backend = sandbox::make_native_backend();
  sandbox::Sandbox runner(*backend);
  auto catalog = sandbox::RecipeCatalog::load(sandbox::RecipeCatalog::default_folder());
  sandbox::Submission submission{.files = {{"", "print(6 * 7)"}}};
  auto report = runner.run(catalog.at("python"), submission);
  std::cout << to_string(report.last().result.verdict) << ": "
            << report.last().standard_output.bytes();
}
