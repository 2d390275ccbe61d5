// SPDX-License-Identifier: Apache-2.0
#include "box_files.hpp"

#include "mount_by_token.hpp"
#include "mounts.hpp"

#include <unistd.h>

namespace sandbox::init {

Outcome BoxFiles::make(const wire::Launch& launch, std::uint64_t token, bool renewable) noexcept {
  const Outcome made = in_order([&] { return renewable ? past_.open(token) : Outcome{}; },
                                [&] { return mount_box(launch, token); },
                                [&] { return mount_scratch(launch, token); });
  scratch_.remember();
  return made;
}

Outcome BoxFiles::renew_scratch(const wire::Launch& launch, std::uint64_t token) noexcept {
  if (scratch_.is_untouched()) {
    return be_unused("/tmp", token);
  }
  const Outcome renewed =
      in_order([&] { return past_.take("/tmp"); }, [&] { return mount_scratch(launch, token); });
  scratch_.remember();
  return renewed;
}

Outcome BoxFiles::renew(const wire::Launch& launch, std::uint64_t token) noexcept {
  return in_order([] { return check(::chdir("/"), "chdir", "/"); },
                  // Before anything is made: it may fill the memory limit.
                  [&] { return past_.take("/box"); }, [&] { return renew_scratch(launch, token); },
                  [&] { return mount_box(launch, token); },
                  [] { return check(::chdir("/box"), "chdir", "/box"); });
}

} // namespace sandbox::init
