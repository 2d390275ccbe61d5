// SPDX-License-Identifier: Apache-2.0
//
// clone3(2) as this project needs it; glibc 2.36 has no wrapper.
#pragma once

#include <cstdint>

namespace sandbox::init {

/// Like fork, in new namespaces; `pidfd` receives a pidfd when not null.
long clone_process(unsigned long namespaces, int* pidfd = nullptr) noexcept;

/// Runs `function(argument)` in a child that shares our memory while we wait until it executes
/// another program or ends. `cgroup` is a directory to be born in, or -1; a filter that holds for
/// us lets that pass by the token. Returns the child's pid, or -1 with errno.
long clone_vfork(int (*function)(void*), void* argument, int cgroup = -1,
                 std::uint64_t token = 0) noexcept;

/// Runs `function(argument)` in a child that shares our memory, in new namespaces, and does not
/// wait: no page table is copied and no page has to be faulted in again. The caller must not touch
/// what the child uses, errno included, while the child lives.
long clone_sharing_memory(unsigned long namespaces, std::uint64_t token, int (*function)(void*),
                          void* argument) noexcept;

} // namespace sandbox::init
