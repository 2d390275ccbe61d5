// SPDX-License-Identifier: Apache-2.0
#include "digest/sha256.hpp"

#include <sandbox/error.hpp>

#include <openssl/evp.h>

namespace sandbox::digest {
namespace {

void check(int result) {
  if (result != 1) {
    throw Error(ErrorCode::resource, "SHA-256", "the library for it fails");
  }
}

} // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept {
  ::EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(::EVP_MD_CTX_new()) {
  check(context_ != nullptr ? ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr) : 0);
}

void Sha256::add(std::string_view bytes) {
  check(::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

void Sha256::add_field(std::string_view bytes) {
  add_number(bytes.size());
  add(bytes);
}

void Sha256::add_number(std::uint64_t number) {
  add({reinterpret_cast<const char*>(&number), sizeof number});
}

Digest Sha256::finish() {
  Digest digest{};
  check(::EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
  return digest;
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

std::string to_hex(const Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const unsigned byte : digest) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

} // namespace sandbox::digest
