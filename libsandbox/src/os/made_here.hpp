// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

namespace sandbox::os {

/// Tells the process that made an object from children that it forked: these have a copy, and no
/// say in the processes, groups and containers that the object stands for.
class MadeHere {
 public:
  explicit operator bool() const noexcept { return ::getpid() == maker_; }

 private:
  pid_t maker_{::getpid()};
};

} // namespace sandbox::os
