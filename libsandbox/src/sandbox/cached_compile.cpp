// SPDX-License-Identifier: Apache-2.0
#include "sandbox/cached_compile.hpp"

#include "sandbox/compile_key.hpp"
#include "sandbox/compiled_files.hpp"

#include <sandbox/error.hpp>

#include <filesystem>
#include <utility>

namespace sandbox {
namespace {

namespace fs = std::filesystem;

bool lies_in(const fs::path& path, const fs::path& folder) {
  const fs::path inner = fs::weakly_canonical(path);
  const fs::path outer = fs::weakly_canonical(folder);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

/// Programs would read in it what others' sources became.
void refuse_shown(const fs::path& folder, const Environment& environment) {
  std::vector<fs::path> shown = environment.extra_paths;
  shown.emplace_back(environment.rootfs.empty() ? "/usr" : environment.rootfs);
  for (const fs::path& path : shown) {
    if (lies_in(folder, path)) {
      throw Error(ErrorCode::unsupported, folder.native(),
                  "lies in " + path.native() + ", which programs see");
    }
  }
}

/// Of what a stage did beside /box, a hit brings nothing back.
void refuse_lasting_effects(const Result& result) {
  if (result.usage.scratch_used_bytes != 0) {
    throw Error(ErrorCode::unsupported, "/tmp or /dev/shm", "holds what compiling left");
  }
  if (result.leftover_processes != 0) {
    throw Error(ErrorCode::unsupported, "compiling", "left processes, which were ended");
  }
}

/// Calls it; an exception's words when there is one. That these cannot be had for want of memory is
/// no reason to fail either.
template <class Action>
std::string words_of_failure(Action action) noexcept {
  try {
    try {
      action();
      return {};
    } catch (const std::exception& error) {
      return error.what();
    }
  } catch (...) {
    return "unknown failure"; // short enough to need no memory
  }
}

} // namespace

CachedCompile::CachedCompile(const cache::Store* store, const CompileInput& input)
    : store_(store), input_(input) {
  if (store_ != nullptr) {
    use_.outcome = CacheUse::Outcome::miss;
  }
}

std::optional<StageReport> CachedCompile::restore(Session& session) {
  std::optional<StageReport> found;
  if (store_ != nullptr) {
    use_.detail = words_of_failure([&] {
      refuse_shown(store_->folder(), input_.environment);
      root_ = session.root_identity();
      key_ = compile_key(input_, root_, store_->machine());
      found = find_and_put(session);
    });
  }
  return found;
}

std::optional<StageReport> CachedCompile::find_and_put(Session& session) try {
  std::optional<cache::EntryReader> entry = store_->find(key_);
  if (!entry) {
    return std::nullopt;
  }
  spoilt_ = true;
  while (const auto content = entry->next()) {
    session.put_file(content->file->path, content->bytes, content->file->executable);
  }
  // A file that could not be put is told of by the next answer.
  session.list_files(most_compiled_entries);
  spoilt_ = false;
  StageReport stage = entry->head().stage;
  stage.cache.outcome = CacheUse::Outcome::hit;
  return stage;
} catch (const cache::DamagedEntry&) {
  store_->remove(key_);
  throw;
} catch (const Error& error) {
  // It does not fit into the box that it was made in, and would not the next time.
  if (spoilt_ && error.code() == ErrorCode::resource) {
    store_->remove(key_);
  }
  throw;
}

void CachedCompile::keep(Session& session, StageReport& stage) {
  if (!key_.empty() && stage.result.ok()) {
    const std::string failure = words_of_failure([&] { store(session, stage); });
    use_.stored = failure.empty();
    use_.detail += (use_.detail.empty() || failure.empty() ? "" : "; ") + failure;
  }
  stage.cache = use_;
}

void CachedCompile::store(Session& session, StageReport& stage) {
  refuse_lasting_effects(stage.result);
  const cache::Head head{key_, stage, compiled_files(session, input_)};
  if (session.root_identity() != root_) {
    throw Error(ErrorCode::unsupported, "toolchain", "was changed while it was in use");
  }
  store_->put(
      head, [&](const cache::StoredFile& file) { return session.get_file(file.path, file.size); });
}

} // namespace sandbox
