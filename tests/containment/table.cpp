// SPDX-License-Identifier: Apache-2.0
#include "containment/table.hpp"

#include <set>
#include <stdexcept>

namespace containment {

Table whole_table() {
  Table table;
  for (const auto add :
       {add_filesystem, add_next_box,   add_kernel_view,    add_processes, add_tracing,
        add_memory,     add_disk,       add_exhaustion,     add_streams,   add_time,
        add_network,    add_privileges, add_calls,          add_terminal,  add_descriptors,
        add_leaving,    add_collection, add_boxes,          add_compile,   add_compile_stage,
        add_requests,   add_engine,     add_seen_from_host, add_posture}) {
    add(table);
  }
  std::set<std::string> ids;
  for (const Check& check : table) {
    if (!ids.insert(check.id).second) {
      throw std::logic_error("two checks are called " + check.id);
    }
  }
  return table;
}

} // namespace containment
