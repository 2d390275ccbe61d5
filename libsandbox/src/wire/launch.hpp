// SPDX-License-Identifier: Apache-2.0
//
// Native backend: what the supervisor says to guard, launcher and slots. One message a packet of a
// SOCK_SEQPACKET socket, descriptors beside it.
#pragma once

#include "os/max_descriptors.hpp"
#include "wire/codec.hpp"
#include "wire/messages.hpp"

#include <cstdint>
#include <string_view>

namespace sandbox::wire {

inline constexpr std::size_t max_packet = 128 << 10;
inline constexpr std::size_t max_answer = 4096; // of guard, launcher and slots
inline constexpr std::size_t max_descriptors = os::max_descriptors;

/// How user ids are mapped.
enum class Identity : std::uint8_t {
  root,    // we are root: slots map two host ids each, far from anybody's
  subuids, // unprivileged with subordinate ids, mapped by newuidmap
  single,  // unprivileged without: init and program share the one id
};

/// First packet on the control socket, to the guard. Descriptors: a pidfd of the application; for
/// each control group hierarchy of ours the parent directory and the owner's directory in it, which
/// the guard empties and removes at the end.
struct SetUp {
  Identity identity{Identity::root};
  std::uint32_t user_id{0}; // of the application
  std::uint32_t group_id{0};
  TextList uid_map_command; // Identity::subuids: newuidmap's argv, the pid to be put at index 1
  TextList gid_map_command;
  std::string_view owner;       // name of the owner's directory
  std::uint8_t follow_links{1}; // whether the last part of a source path may be a link
  TextList binds;               // source, target, source, target ...: shown read-only
  TextList links;               // name, target, name, target ...
  TextList texts;               // path, content, path, content ...: small files of our own making
  std::string_view filter;      // BPF instructions, which slots load and programs inherit
  std::string_view watching_filter; // the same with FilterOptions::watches_ipc
  std::uint64_t token{0};           // what the filter lets init make its own calls by
  void fields(auto& field) noexcept {
    field(identity);
    field(user_id);
    field(group_id);
    field(uid_map_command);
    field(gid_map_command);
    field(owner);
    field(follow_links);
    field(binds);
    field(links);
    field(texts);
    field.bytes(filter);
    field.bytes(watching_filter);
    field(token);
  }
};

/// To the launcher: clone a slot. Descriptors: the slot's socket, the cgroup.procs to join, then
/// the figures.
struct NewSlot {
  std::uint32_t init_uid{0}; // as seen by the launcher
  std::uint32_t program_uid{0};
  std::uint32_t figures{0}; // bits of Figure
  std::uint8_t joins{0};    // how many cgroup.procs
  std::uint8_t late_joins{0};
  std::uint8_t forbid_tcp{1}; // by Landlock, beside the filter
  void fields(auto& field) noexcept {
    field(init_uid);
    field(program_uid);
    field(figures);
    field(joins);
    field(late_joins);
    field(forbid_tcp);
  }
};

/// Answer of launcher and slot: all is well. From the launcher after NewSlot it carries the slot's
/// pidfd.
struct Accepted {
  std::uint8_t landlock{0}; // ABI version in force in the slot, 0 without
  void fields(auto& field) noexcept { field(landlock); }
};

/// To a slot, as a packet: clone an init, with a box. Descriptor: init's end of the stream. To an
/// init that has said that its box is gone, as a frame: begin the next.
struct Launch {
  static constexpr FrameType type = FrameType::launch;
  std::uint64_t disk_bytes{0};
  std::uint64_t disk_inodes{0};
  std::uint64_t scratch_bytes{0}; // of /tmp, which is /dev/shm too
  std::uint64_t scratch_inodes{0};
  std::uint8_t loopback{0};
  void fields(auto& field) noexcept {
    field(disk_bytes);
    field(disk_inodes);
    field(scratch_bytes);
    field(scratch_inodes);
    field(loopback);
  }
};

/// To init: the box is of no more use.
struct EndBox {
  static constexpr FrameType type = FrameType::end_box;
  void fields(auto&) noexcept {}
};

/// The box is gone: no process of it lives, and none will reach a file of it. From init, which
/// waits for the next one then; from the slot, whose init is gone too.
struct BoxGone {
  static constexpr FrameType type = FrameType::box_gone;
  void fields(auto&) noexcept {}
};

/// What a packet holds; its first byte.
enum class Packet : std::uint8_t { set_up = 1, new_slot, launch, accepted, failed, box_gone };

} // namespace sandbox::wire
