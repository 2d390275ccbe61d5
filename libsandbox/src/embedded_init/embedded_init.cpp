// SPDX-License-Identifier: Apache-2.0
#include "embedded_init/embedded_init.hpp"

#include "os/system_error.hpp"
#include "os/write_all.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

extern "C" {
extern const char sandbox_embedded_init_begin[];
extern const char sandbox_embedded_init_end[];
}

namespace sandbox {

std::string_view embedded_init() noexcept {
  return {sandbox_embedded_init_begin,
          static_cast<std::size_t>(sandbox_embedded_init_end - sandbox_embedded_init_begin)};
}

os::Fd open_embedded_init() {
  os::Fd file(
      os::check(::memfd_create("sandbox-init", MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create"));
  os::write_all(file.get(), embedded_init());
  os::check(::fchmod(file.get(), 0500), "fchmod", "memfd");
  os::check(
      ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE),
      "fcntl", "F_ADD_SEALS");
  return file;
}

} // namespace sandbox
