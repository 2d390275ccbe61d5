// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace sandbox::digest {

using Digest = std::array<std::uint8_t, 32>;

class Sha256 {
 public:
  /// Throws Error(resource), as add() and finish() do.
  Sha256();

  void add(std::string_view bytes);
  /// Its length first, so that no two lists of fields are the same bytes.
  void add_field(std::string_view bytes);
  void add_number(std::uint64_t number);

  /// Once, as the last call.
  Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Digest sha256(std::string_view bytes);

/// 64 lowercase digits.
std::string to_hex(const Digest& digest);

} // namespace sandbox::digest
