// SPDX-License-Identifier: Apache-2.0
#include "cache/entry.hpp"

#include "os/system_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <type_traits>

namespace sandbox::cache {
namespace {

/// The last bytes of the file. The magic changes with the format.
struct Trailer {
  std::uint64_t head_size;
  digest::Digest head_digest;
  char magic[8];
};
static_assert(std::is_trivially_copyable_v<Trailer> && sizeof(Trailer) == 48);

constexpr char magic[] = {'L', 'S', 'B', 'X', 'C', 'C', '0', '2'};
constexpr std::uint64_t most_head_size = 16 * MiB;

std::string read_at(int fd, std::uint64_t offset, std::uint64_t size) {
  std::string bytes(size, '\0');
  for (std::size_t done = 0; done < size;) {
    const ssize_t read =
        ::pread(fd, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (read < 0 && errno == EINTR) {
      continue;
    }
    os::check(static_cast<int>(std::min<ssize_t>(read, 0)), "read", "an entry of the cache");
    if (read == 0) {
      throw DamagedEntry("it is cut short");
    }
    done += static_cast<std::size_t>(read);
  }
  return bytes;
}

std::uint64_t file_size(int fd) {
  struct stat about {};
  os::check(::fstat(fd, &about), "fstat", "an entry of the cache");
  return static_cast<std::uint64_t>(about.st_size);
}

/// The sizes add up to just what is before the head, so none can be more than that.
void check_sizes(const std::vector<StoredFile>& files, std::uint64_t content_size) {
  for (const StoredFile& file : files) {
    if (file.size > content_size) {
      throw DamagedEntry("its sizes do not add up");
    }
    content_size -= file.size;
  }
  if (content_size != 0) {
    throw DamagedEntry("its sizes do not add up");
  }
}

Head read_head(int fd, const std::string& key, std::uint64_t size) {
  if (size < sizeof(Trailer)) {
    throw DamagedEntry("it is cut short");
  }
  Trailer trailer{};
  const std::uint64_t trailer_at = size - sizeof trailer;
  std::memcpy(&trailer, read_at(fd, trailer_at, sizeof trailer).data(), sizeof trailer);
  if (std::memcmp(trailer.magic, magic, sizeof magic) != 0 || trailer.head_size > trailer_at ||
      trailer.head_size > most_head_size) {
    throw DamagedEntry("its end is not one");
  }
  const std::uint64_t head_at = trailer_at - trailer.head_size;
  const std::string bytes = read_at(fd, head_at, trailer.head_size);
  if (digest::sha256(bytes) != trailer.head_digest) {
    throw DamagedEntry("its head has another digest");
  }
  Head head = decode(bytes);
  if (head.key != key) {
    throw DamagedEntry("it is another's");
  }
  check_sizes(head.files, head_at);
  return head;
}

} // namespace

DamagedEntry::DamagedEntry(const std::string& what)
    : Error(ErrorCode::invalid_config, "entry of the cache", what) {}

EntryReader::EntryReader(os::Fd file, const std::string& key, std::uint64_t max_bytes)
    : file_(std::move(file)) {
  const std::uint64_t size = file_size(file_.get());
  if (size > max_bytes) {
    throw Error(ErrorCode::unsupported, "entry of the cache",
                "is larger than entries are allowed to be here");
  }
  head_ = read_head(file_.get(), key, size);
}

std::optional<EntryReader::Content> EntryReader::next() {
  if (next_ == head_.files.size()) {
    return std::nullopt;
  }
  const StoredFile& file = head_.files[next_++];
  Content content{&file, read_at(file_.get(), offset_, file.size)};
  if (digest::sha256(content.bytes) != file.digest) {
    throw DamagedEntry("a file in it has another digest");
  }
  offset_ += file.size;
  return content;
}

void EntryReader::touch() const noexcept {
  ::futimens(file_.get(), nullptr);
}

std::uint64_t entry_size(const Head& head) {
  std::uint64_t size = encode_end(head).size();
  for (const StoredFile& file : head.files) {
    size += file.size;
  }
  return size;
}

std::string encode_end(const Head& head) {
  std::string bytes = encode(head);
  if (bytes.size() > most_head_size) {
    throw Error(ErrorCode::unsupported, "entry of the cache", "has too many files");
  }
  Trailer trailer{bytes.size(), digest::sha256(bytes), {}};
  std::memcpy(trailer.magic, magic, sizeof magic);
  bytes.append(reinterpret_cast<const char*>(&trailer), sizeof trailer);
  return bytes;
}

} // namespace sandbox::cache
