// SPDX-License-Identifier: Apache-2.0
#include "docker/archive.hpp"

#include <sandbox/error.hpp>

#include <archive.h>
#include <archive_entry.h>

#include <memory>

namespace sandbox::docker {
namespace {

struct Free {
  void operator()(archive* writer) const noexcept { archive_write_free(writer); }
  void operator()(archive_entry* entry) const noexcept { archive_entry_free(entry); }
};
using Writer = std::unique_ptr<archive, Free>;
using Entry = std::unique_ptr<archive_entry, Free>;

void check(archive* writer, long result) {
  if (result < ARCHIVE_OK) {
    const char* text = writer != nullptr ? archive_error_string(writer) : nullptr;
    throw Error(ErrorCode::resource, "archive", text != nullptr ? text : "no memory");
  }
}

la_ssize_t append(archive* /*writer*/, void* to, const void* bytes, std::size_t size) {
  static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

void add(archive* writer, const ArchiveFile& file) {
  const Entry entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), file.name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), file.mode);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.bytes.size()));
  check(writer, archive_write_header(writer, entry.get()));
  check(writer, archive_write_data(writer, file.bytes.data(), file.bytes.size()));
}

} // namespace

std::string make_archive(const std::vector<ArchiveFile>& files) {
  std::string bytes;
  const Writer writer(archive_write_new());
  check(writer.get(), archive_write_set_format_pax_restricted(writer.get()));
  check(writer.get(), archive_write_open(writer.get(), &bytes, nullptr, append, nullptr));
  for (const ArchiveFile& file : files) {
    add(writer.get(), file);
  }
  check(writer.get(), archive_write_close(writer.get()));
  return bytes;
}

} // namespace sandbox::docker
