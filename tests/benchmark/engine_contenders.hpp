// SPDX-License-Identifier: Apache-2.0
//
// What cannot be avoided: the engine alone, asked by the thinnest client there is.
#pragma once

#include "docker/engine.hpp"
#include "samples.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace benchmark {

/// A container that runs /bin/true, and asks for nothing but no network.
nlohmann::json plain_spec(const std::string& image);
/// The same, and the engine does not even connect it to the network "none": NetworkDisabled, as the
/// backend asks for it.
nlohmann::json unconnected_spec(const std::string& image);
/// As the backend confines it, but without our init, its volume and streams.
nlohmann::json hardened_spec(const std::string& image);

/// create, start, wait and remove, one call after the other.
Contender bare_container(const sandbox::docker::Engine& engine, std::string name,
                         const nlohmann::json& spec);
/// The same call by call; to be called in turn.
std::vector<Contender> bare_phases(const sandbox::docker::Engine& engine,
                                   const nlohmann::json& spec);
/// The plain container, then one for each thing that the backend adds to it.
std::vector<Contender> spec_parts(const sandbox::docker::Engine& engine, const std::string& image);

/// The docker command line, when it is installed: a container of its own for /bin/true, and a
/// process in a container that runs already, which is shared and so confines no run from the next.
std::vector<Contender> docker_commands(const sandbox::docker::Engine& engine,
                                       const sandbox::docker::EngineAddress& address,
                                       const std::string& image);

} // namespace benchmark
