// SPDX-License-Identifier: Apache-2.0
//
// Whatever lies in the cache's folder, what is taken from it is an entry as it was written.
#include "cache/entry.hpp"
#include "input.hpp"
#include "os/write_all.hpp"

#include <sys/mman.h>

namespace {

using sandbox::fuzz::check;

/// Digests keep a fuzzer out, so it also begins behind them.
void read_head(std::string_view bytes) {
  try {
    const sandbox::cache::Head head = sandbox::cache::decode(bytes);
    check(head.stage.result.ok());
    check(sandbox::cache::encode(head) == bytes);
  } catch (const sandbox::cache::DamagedEntry&) {
  }
}

void read_entry(std::string_view bytes) {
  sandbox::os::Fd file(::memfd_create("entry", MFD_CLOEXEC));
  sandbox::os::write_all(file.get(), bytes);
  try {
    sandbox::cache::EntryReader reader(std::move(file), "key", 1 << 20);
    while (const auto content = reader.next()) {
      check(content->bytes.size() == content->file->size);
    }
  } catch (const sandbox::Error& error) {
    check(*error.what() != '\0');
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sandbox::fuzz::DescriptorsKept kept;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_head(bytes);
  read_entry(bytes);
  return 0;
}
