// SPDX-License-Identifier: Apache-2.0
#include "native/packet.hpp"

#include <cerrno>

namespace sandbox::native {

std::string receive_packet_bytes(int socket, wire::Packet kind, int timeout_ms,
                                 std::vector<os::Fd>* descriptors) {
  char buffer[wire::max_answer];
  if (!os::wait_readable(socket, timeout_ms)) {
    throw Error(ErrorCode::backend_lost, "launcher", "does not answer");
  }
  const long size = os::receive(socket, buffer, true, descriptors);
  if (size <= 0) {
    throw Error(ErrorCode::backend_lost, "launcher", "is gone");
  }
  std::string bytes(buffer + 1, static_cast<std::size_t>(size) - 1);
  const auto got = static_cast<wire::Packet>(buffer[0]);
  wire::Failed failed;
  if (got == wire::Packet::failed && wire::decode(bytes, failed)) {
    // The one step that looks for what the caller named.
    const bool not_found = failed.error == ENOENT && failed.step == "open_tree";
    const ErrorCode code = not_found ? ErrorCode::not_found : ErrorCode::setup_failed;
    throw os::system_error(code, failed.step, failed.subject, failed.error,
                           "Backend::probe(), or sandboxrun doctor, tells what this host lacks");
  }
  if (got != kind) {
    throw Error(ErrorCode::backend_lost, "launcher", "sent what is not in the protocol");
  }
  return bytes;
}

} // namespace sandbox::native
