// SPDX-License-Identifier: Apache-2.0
#include "sandbox/open_box.hpp"

#include <sandbox/error.hpp>

namespace sandbox {

std::unique_ptr<Session> open_box(Backend& backend, const Environment& environment,
                                  const Recipe& recipe) {
  try {
    return backend.open(environment);
  } catch (const Error& error) {
    const bool is_the_image = error.code() == ErrorCode::not_found && !recipe.image.empty() &&
                              error.step() == "image " + recipe.image;
    if (!is_the_image || recipe.dockerfile.empty()) {
      throw;
    }
    throw Error(error.code(), error.step(), "is not there", "sandboxrun images build " + recipe.id);
  }
}

} // namespace sandbox
