// SPDX-License-Identifier: Apache-2.0
//
// What an application of libsandbox has left behind when it has ended.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace faults {

/// A mount namespace of the caller's own in which /dev/shm, and /tmp unless it is to be `kept`, are
/// empty, and whatever outlives its parent becomes the caller's child. Throws where that is not
/// allowed.
void move_out(bool tmp_is_kept);

/// Adopted children; they are killed.
std::vector<std::string> processes_left();

/// Control groups that an application of this pid owns; waits for them to go.
std::vector<std::string> groups_left(pid_t application, std::chrono::milliseconds patience);

/// In the places that were empty.
std::vector<std::string> files_left();

std::vector<std::string> mounts();
/// Others may go meanwhile: an engine's, whose mount points are removed.
std::vector<std::string> mounts_added(const std::vector<std::string>& before);

} // namespace faults
