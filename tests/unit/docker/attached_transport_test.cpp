// SPDX-License-Identifier: Apache-2.0
#include "docker/attached_transport.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

using namespace sandbox;
using docker::AttachedTransport;

namespace {

std::string header(char origin, std::uint32_t size) {
  std::string bytes{origin, 0, 0, 0};
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(size >> shift & 0xffU);
  }
  return bytes;
}

std::string piece(char origin, const std::string& payload) {
  return header(origin, static_cast<std::uint32_t>(payload.size())) + payload;
}

constexpr char out = 1;
constexpr char err = 2;

class Pair {
 public:
  explicit Pair(std::string first_bytes = {}) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    engine_ = os::Fd(ends[0]);
    transport_ = std::make_unique<AttachedTransport>(
        docker::Engine::Attached{docker::Connection(os::Fd(ends[1])), std::move(first_bytes)});
  }

  void send(std::string_view bytes) {
    REQUIRE(::write(engine_.get(), bytes.data(), bytes.size()) ==
            static_cast<ssize_t>(bytes.size()));
  }
  void end() { engine_.close(); }
  int engine() const { return engine_.get(); }
  AttachedTransport& transport() { return *transport_; }

  long receive(std::size_t capacity = 4096) {
    buffer_.resize(capacity);
    const long size = transport_->receive(buffer_, false);
    received_.append(buffer_.data(), static_cast<std::size_t>(std::max(size, 0L)));
    return size;
  }
  /// All that there is; returns what ended it.
  long receive_all(std::size_t capacity = 4096) {
    long size = 0;
    while ((size = receive(capacity)) > 0) {
    }
    return size;
  }
  const std::string& received() const { return received_; }

 private:
  os::Fd engine_;
  std::unique_ptr<AttachedTransport> transport_;
  std::string buffer_;
  std::string received_;
};

} // namespace

TEST_CASE("pieces of stdout are joined, wherever they are split") {
  const std::string stream = piece(out, "one ") + piece(out, "") + piece(err, "oh") +
                             piece(out, "two") + piece(err, "") + piece(out, " three");
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    INFO(split);
    Pair pair(stream.substr(0, split));
    CHECK(pair.receive_all() == -EAGAIN);
    pair.send(stream.substr(split));
    CHECK(pair.receive_all() == -EAGAIN);
    CHECK(pair.received() == "one two three");
    CHECK(pair.transport().last_words() == "oh");
  }
}

TEST_CASE("pieces arrive byte by byte and are read so") {
  const std::string stream = piece(out, "one") + piece(err, "e") + piece(out, "two");
  Pair pair;
  for (const char byte : stream) {
    pair.send({&byte, 1});
    CHECK(pair.receive_all(1) == -EAGAIN);
  }
  CHECK(pair.received() == "onetwo");
}

TEST_CASE("a piece may be larger than what it is read into and than what a pipe holds") {
  const std::string payload(100'000, 'x');
  Pair pair(piece(out, payload));
  CHECK(pair.receive_all(7) == -EAGAIN);
  CHECK(pair.received() == payload);
}

TEST_CASE("the end of the stream is an end, in the middle of a piece too") {
  for (const std::string& stream : {std::string(), piece(out, "x"), header(out, 5) + "x",
                                    header(out, 5), header(out, 5).substr(0, 3)}) {
    Pair pair;
    pair.send(stream);
    pair.end();
    CHECK(pair.receive_all() == 0);
  }
}

TEST_CASE("a piece of no known origin ends the stream for good") {
  std::string padded = piece(out, "x");
  padded[2] = 1;
  for (const std::string& broken :
       {piece(0, "x"), piece(3, "x"), piece('H', "TTP"), padded, std::string(8, '\xff')}) {
    Pair pair;
    pair.send(piece(out, "before") + broken + piece(out, "after"));
    CHECK(pair.receive_all() == -EPROTO);
    CHECK(pair.receive() == -EPROTO);
    CHECK(pair.received() == "before");
  }
}

TEST_CASE("a piece that claims 4 GiB takes no more memory than what comes") {
  Pair pair;
  pair.send(header(out, 0xffffffffU) + "x");
  CHECK(pair.receive_all() == -EAGAIN);
  CHECK(pair.received() == "x");
}

TEST_CASE("last words are printable and bounded") {
  Pair pair;
  pair.send(piece(err, "a\nb\x1b[31m\xff" + std::string(1, '\0')) +
            piece(err, std::string(5000, 'y')) + piece(err, "z"));
  CHECK(pair.receive_all() == -EAGAIN);
  const std::string words = pair.transport().last_words();
  CHECK(words.size() == 1024);
  CHECK(words.substr(0, 10) == "a b [31m  ");
  CHECK(words.back() == 'y');
  CHECK(pair.received().empty());
}

TEST_CASE("what is sent has no header") {
  Pair pair;
  CHECK(pair.transport().send("to init", {}) == 0);
  char bytes[64];
  const ssize_t size = ::read(pair.engine(), bytes, sizeof bytes);
  CHECK(std::string(bytes, static_cast<std::size_t>(size)) == "to init");
  pair.end();
  CHECK(pair.transport().send("to nobody", {}) == EPIPE);
}
