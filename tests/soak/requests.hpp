// SPDX-License-Identifier: Apache-2.0
//
// What is asked of the library beside a program: the recipe of a pool's submissions, the programs,
// and requests that it must refuse.
#pragma once

#include "soak/kinds.hpp"

#include <sandbox/backend.hpp>
#include <sandbox/recipe.hpp>

#include <string>

namespace soak {

/// The source is a program of the corpus, the arguments say what it does.
const sandbox::Recipe& recipe();

/// Makes one request that cannot be meant, of an idle session; says what is wrong when it was not
/// refused as it should be.
std::string refuse(Random& random, sandbox::Backend& backend, sandbox::Session& session);

} // namespace soak
