// SPDX-License-Identifier: Apache-2.0
//
// The bytes that an engine answers with, off a socket: HTTP, the lines of a pull or build, and the
// stream of a container. Whatever they are, what comes out is bounded and may be printed.
#include "docker/api_version.hpp"
#include "docker/attached_transport.hpp"
#include "docker/build_progress.hpp"
#include "docker/exchange.hpp"
#include "docker/image_stream.hpp"
#include "docker/json.hpp"
#include "docker/pull_progress.hpp"
#include "input.hpp"
#include "os/socket.hpp"

#include <sandbox/error.hpp>

#include <nlohmann/json.hpp>

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace {

using namespace sandbox;
using namespace sandbox::docker;
using fuzz::check;

constexpr std::uint64_t most_body = 512;
constexpr std::chrono::seconds patience{60};

void check_printable(std::string_view text) {
  check(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }));
}

/// A connection to an engine that has answered before it was asked, and is gone.
class Answered {
 public:
  explicit Answered(std::string_view bytes) : bytes_(bytes) {
    auto [ours, engines] = os::socket_pair(SOCK_STREAM);
    ours_ = std::move(ours);
    engine_ = std::move(engines);
    check(os::send(engine_.get(), bytes, {}) == 0);
    ::shutdown(engine_.get(), SHUT_WR);
  }

  Connection connection() {
    Connection connection(std::move(ours_));
    connection.set_deadline(Deadline::clock::now() + patience);
    return connection;
  }
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
  os::Fd ours_;
  os::Fd engine_;
};

/// Status and header of the answer to `call`.
Answer ask(Exchange& exchange, const Call& call) {
  exchange.send({call, call.path, "docker", call.path.ends_with("attach")});
  Answer answer = exchange.receive_head(call);
  check(answer.status < 1000);
  for (const auto& [name, value] : answer.headers) {
    check(!name.empty() && value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos);
    check(!answer.header(name).empty() || value.empty() || answer.headers.size() > 1);
  }
  if (const auto version = parse_api_version(answer.header("Api-Version"))) {
    check(parse_api_version(to_string(*version)) == version);
  }
  return answer;
}

void call(Answered& engine, Verb verb) {
  const Call call{verb, "/info"};
  Exchange exchange(engine.connection(), describe(call));
  Answer answer = ask(exchange, call);
  answer.body = exchange.receive_body(most_body);
  check(answer.body.size() <= most_body && answer.body.size() <= engine.bytes().size());
  check(verb != Verb::head || answer.body.empty());
  check_printable(engine_text(answer));
  try {
    throw_refusal(call, answer);
  } catch (const Error& error) {
    check_printable(error.what());
  }
}

void follow(Answered& engine, std::size_t piece) {
  const Call call{Verb::post, "/build"};
  Exchange exchange(engine.connection(), describe(call));
  ask(exchange, call);
  PullProgress pull;
  BuildProgress build;
  const JsonLines::OnLine on_line = [&](const nlohmann::json& line) {
    check_printable(error_of(line));
    if (const auto step = pull.add(line)) {
      check(step->current <= step->total);
    }
    build.add(text_of(line, "stream"));
    check_printable(build.tail());
  };
  JsonLines lines(on_line);
  std::vector<char> part(piece);
  while (const std::size_t size = exchange.receive_body(std::span(part))) {
    check(size <= part.size());
    lines.add({part.data(), size});
  }
  lines.finish();
}

/// What a stream says on stdout, read in the simplest way; up to where it is malformed.
std::string standard_output_of(std::string_view stream) {
  constexpr std::size_t header = 8;
  std::string bytes;
  while (stream.size() >= header && (stream[0] == 1 || stream[0] == 2) &&
         stream.substr(1, 3) == std::string_view("\0\0\0", 3)) {
    std::size_t size = 0;
    for (const char c : stream.substr(4, 4)) {
      size = size << 8 | static_cast<std::uint8_t>(c);
    }
    if (stream[0] == 1) {
      bytes += stream.substr(header, size);
    }
    stream.remove_prefix(std::min(stream.size(), header + size));
  }
  return bytes;
}

void attach(Answered& engine, std::size_t piece) {
  const Call call{Verb::post, "/containers/x/attach"};
  Exchange exchange(engine.connection(), describe(call));
  Answer answer = ask(exchange, call);
  if (!exchange.is_raw()) {
    answer.body = exchange.receive_body(most_body);
    return;
  }
  const std::string surplus = exchange.surplus();
  Connection connection = exchange.release();
  int unread = 0;
  check(::ioctl(connection.descriptor(), FIONREAD, &unread) == 0);
  const std::size_t stream_size = surplus.size() + static_cast<std::size_t>(unread);
  check(stream_size <= engine.bytes().size());
  const std::string_view stream = engine.bytes().substr(engine.bytes().size() - stream_size);
  check(stream.starts_with(surplus));
  AttachedTransport transport({std::move(connection), surplus});
  std::vector<char> part(piece);
  std::string bytes;
  long size = 0;
  while ((size = transport.receive(part, bytes.size() % 2 == 0)) > 0) {
    bytes.append(part.data(), static_cast<std::size_t>(size));
  }
  check(size == 0 || size == -EPROTO);
  check(bytes == standard_output_of(stream));
  check_printable(transport.last_words());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const unsigned what = input.choose(4);
  const std::size_t piece = input.choose(64) + 1;
  const fuzz::DescriptorsKept kept;
  Answered engine(input.rest());
  try {
    switch (what) {
    case 0:
      call(engine, Verb::get);
      break;
    case 1:
      call(engine, Verb::head);
      break;
    case 2:
      follow(engine, piece);
      break;
    default:
      attach(engine, piece);
    }
  } catch (const Error& error) {
    check(error.code() == ErrorCode::backend_lost);
  }
  return 0;
}
