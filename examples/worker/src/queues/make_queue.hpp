// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config.hpp"
#include "producer.hpp"
#include "queue.hpp"

#include <memory>
#include <string>

namespace worker {

/// A connection of its own to the queue that the configuration names; the server is reached for
/// first by the first call. `consumer` is nobody else's at the time. Throws std::invalid_argument.
std::unique_ptr<Queue> make_queue(const Config& config, const std::string& consumer);

/// Throws std::invalid_argument.
std::unique_ptr<Producer> make_producer(const Config& config);

} // namespace worker
