// SPDX-License-Identifier: Apache-2.0
#include "cache/store.hpp"

#include "cache/account.hpp"
#include "cache/folder.hpp"
#include "cache/machine.hpp"
#include "os/write_all.hpp"

#include <sandbox/units.hpp>

#include <sys/resource.h>

namespace sandbox::cache {
namespace {

/// Beyond the application's own limit a write would not only fail: it would end the application
/// (SIGXFSZ).
void refuse_beyond_file_limit(std::uint64_t size) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && size > limit.rlim_cur) {
    throw Error(ErrorCode::unsupported, "entry of the cache",
                "would be larger than this process may write files (ulimit -f)");
  }
}

} // namespace

Store::Store(CompileCacheOptions options) : options_(std::move(options)) {
  options_.folder = (options_.folder / "").lexically_normal().parent_path();
  try {
    machine_ = this_machine();
  } catch (const Error& error) {
    machine_problem_ = error.what();
  }
}

const std::string& Store::machine() const {
  if (!machine_problem_.empty()) {
    throw Error(ErrorCode::unsupported, "this machine", machine_problem_);
  }
  return machine_;
}

std::optional<EntryReader> Store::find(const std::string& key) const {
  const Folder folder(options_.folder);
  os::Fd file = folder.open_entry(key);
  if (!file) {
    return std::nullopt;
  }
  try {
    EntryReader reader(std::move(file), key, options_.max_entry_bytes);
    reader.touch();
    return reader;
  } catch (const DamagedEntry&) {
    folder.remove_entry(key);
    throw;
  }
}

void Store::remove(const std::string& key) const noexcept {
  try {
    Folder(options_.folder).remove_entry(key);
  } catch (const std::exception&) {
    // It is found damaged again the next time.
  }
}

void Store::put(Head head, const std::function<std::string(const StoredFile&)>& bytes_of) const {
  const std::uint64_t size = entry_size(head);
  if (size > options_.max_entry_bytes) {
    throw Error(ErrorCode::unsupported, "entry of the cache",
                "would be larger than " + format_size(options_.max_entry_bytes));
  }
  refuse_beyond_file_limit(size);
  const Folder folder(options_.folder);
  make_room(folder, size, options_.max_bytes);
  TemporaryFile entry(folder.get());
  entry.reserve(size);
  for (StoredFile& file : head.files) {
    const std::string bytes = bytes_of(file);
    if (bytes.size() != file.size) {
      throw Error(ErrorCode::unsupported, file.path, "has another size than it had");
    }
    os::write_all(entry.get(), bytes);
    file.digest = digest::sha256(bytes);
  }
  os::write_all(entry.get(), encode_end(head));
  entry.rename(head.key);
}

} // namespace sandbox::cache
