// SPDX-License-Identifier: Apache-2.0
#include "cache/store.hpp"

#include <sandbox/cache.hpp>

namespace sandbox {
namespace {

CompileCacheOptions checked(CompileCacheOptions options) {
  if (!options.folder.is_absolute()) {
    throw Error(ErrorCode::invalid_argument, "compile cache",
                "its folder must be an absolute path");
  }
  if (options.max_bytes == 0 || options.max_entry_bytes == 0) {
    throw Error(ErrorCode::invalid_argument, "compile cache",
                "max_bytes and max_entry_bytes must be above 0");
  }
  return options;
}

} // namespace

CompileCache::CompileCache(CompileCacheOptions options)
    : options_(checked(std::move(options))), store_(std::make_unique<cache::Store>(options_)) {}

CompileCache::~CompileCache() = default;

} // namespace sandbox
