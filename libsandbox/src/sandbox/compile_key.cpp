// SPDX-License-Identifier: Apache-2.0
#include "sandbox/compile_key.hpp"

#include "digest/sha256.hpp"

#include <sandbox/version.hpp>

#include <bit>

namespace sandbox {
namespace {

/// Changes when another version of the library would compile otherwise, or keep something else.
constexpr std::string_view rules = "1";

void add(digest::Sha256& hash, const std::vector<std::string>& texts) {
  hash.add_number(texts.size());
  for (const std::string& text : texts) {
    hash.add_field(text);
  }
}

/// All of them: a stage that one of them would have ended is not to be spared from it.
void add(digest::Sha256& hash, const Limits& limits) {
  hash.add_number(static_cast<std::uint64_t>(limits.cpu_time.count()));
  hash.add_number(static_cast<std::uint64_t>(wall_time(limits).count()));
  hash.add_number(std::bit_cast<std::uint64_t>(limits.cores));
  for (const std::uint64_t limit :
       {limits.memory_bytes, limits.processes, limits.output_bytes, limits.file_size_bytes,
        limits.disk_bytes, limits.disk_inodes, limits.open_files, limits.stack_bytes}) {
    hash.add_number(limit);
  }
}

} // namespace

std::string compile_key(const CompileInput& input, const std::string& root,
                        const std::string& machine) {
  const Command command = input.stages.compile_command();
  digest::Sha256 hash;
  hash.add_field(version);
  hash.add_field(rules);
  hash.add_field(machine);
  hash.add_field(root);
  hash.add_field(input.recipe.id);
  add(hash, input.recipe.scratch);
  add(hash, command.argv);
  hash.add_number(command.env.size());
  for (const auto& [name, value] : command.env) {
    hash.add_field(name);
    hash.add_field(value);
  }
  add(hash, command.limits);
  hash.add_number(input.environment.disk_bytes);
  hash.add_number(input.environment.disk_inodes);
  hash.add_number(static_cast<std::uint64_t>(input.environment.network));
  add(hash, input.stages.names());
  for (const SourceFile& file : input.submission.files) {
    hash.add_field(file.bytes);
  }
  return digest::to_hex(hash.finish());
}

} // namespace sandbox
