// SPDX-License-Identifier: Apache-2.0
//
// The expected table: what is attempted, and what must become of it. One file a group of attacks.
#pragma once

#include "containment/check.hpp"

#include <vector>

namespace containment {

using Table = std::vector<Check>;

void add_filesystem(Table& table);
void add_next_box(Table& table);
void add_kernel_view(Table& table);
void add_processes(Table& table);
void add_tracing(Table& table);
void add_memory(Table& table);
void add_disk(Table& table);
void add_exhaustion(Table& table);
void add_streams(Table& table);
void add_time(Table& table);
void add_network(Table& table);
void add_privileges(Table& table);
void add_calls(Table& table);
void add_terminal(Table& table);
void add_descriptors(Table& table);
void add_leaving(Table& table);
void add_collection(Table& table);
void add_boxes(Table& table);
void add_compile(Table& table);
void add_compile_stage(Table& table);
void add_requests(Table& table);
void add_engine(Table& table);
void add_seen_from_host(Table& table);
void add_posture(Table& table);

/// All of it, in the order of the threat table; the posture last, so that an attack that notices is
/// the first to say so. Throws std::logic_error when two checks share an id.
Table whole_table();

} // namespace containment
