// SPDX-License-Identifier: Apache-2.0
#include "docker/exchange.hpp"

#include "docker/beast_stream.hpp"

#include <sandbox/error.hpp>
#include <sandbox/version.hpp>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include <limits>
#include <vector>

namespace sandbox::docker {
namespace {

namespace http = boost::beast::http;
using ErrorValue = BeastStream::ErrorValue;

constexpr std::uint32_t header_limit = 64 << 10;
constexpr int most_interim_answers = 8;
constexpr std::size_t part_size = 64 << 10;

http::verb beast_verb(Verb verb) {
  switch (verb) {
  case Verb::get:
    return http::verb::get;
  case Verb::head:
    return http::verb::head;
  case Verb::post:
    return http::verb::post;
  case Verb::put:
    return http::verb::put;
  case Verb::remove:
    break;
  }
  return http::verb::delete_;
}

using Body = http::span_body<const char>;

http::request<Body> beast_request(const Exchange::Request& request) {
  const Call& call = request.call;
  http::request<Body> made(beast_verb(call.verb), request.target, 11);
  made.set(http::field::host, request.host);
  made.set(http::field::user_agent, fmt::format("libsandbox/{}", version));
  made.set(http::field::connection, request.upgrade ? "Upgrade" : "close");
  if (request.upgrade) {
    made.set(http::field::upgrade, "tcp");
  }
  if (!call.body.empty()) {
    made.set(http::field::content_type, call.content_type);
  }
  made.body() = {call.body.data(), call.body.size()};
  made.prepare_payload();
  return made;
}

std::string reason(const ErrorValue& error) {
  if (error == boost::system::errc::timed_out) {
    return "the engine did not answer completely in time";
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message ||
      error == boost::system::errc::connection_reset || error == boost::system::errc::broken_pipe) {
    return "the engine closed the connection before its answer was complete";
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return "the header of the engine's answer has no end";
  }
  if (error.category() == http::make_error_code(http::error::bad_version).category()) {
    return "the engine's answer is not HTTP: " + error.message();
  }
  return error.message();
}

} // namespace

struct Exchange::State {
  boost::beast::flat_buffer buffer{header_limit};
  std::optional<http::response_parser<http::buffer_body>> parser;
};

Exchange::Exchange(Connection connection, std::string step,
                   std::optional<std::chrono::milliseconds> silence)
    : connection_(std::move(connection)), step_(std::move(step)), silence_(silence),
      state_(std::make_unique<State>()) {}

Exchange::~Exchange() = default;

void Exchange::progress() noexcept {
  if (silence_) {
    connection_.set_deadline(Deadline::clock::now() + *silence_);
  }
}

template <class Code>
void Exchange::check(const Code& error) {
  if (error) {
    const bool system = error.category() == boost::system::generic_category();
    throw Error(ErrorCode::backend_lost, step_, reason(error), "is the engine well? docker info",
                system ? error.value() : 0);
  }
}

void Exchange::send(const Request& request) {
  const http::request<Body> made = beast_request(request);
  http::request_serializer<Body> serializer(made);
  BeastStream stream(connection_);
  while (!serializer.is_done()) {
    ErrorValue error;
    http::write_some(stream, serializer, error);
    // An engine that refuses a body answers before it has read it.
    if (error == boost::system::errc::broken_pipe ||
        error == boost::system::errc::connection_reset) {
      return;
    }
    check(error);
    progress();
  }
}

Answer Exchange::receive_head(const Call& call) {
  BeastStream stream(connection_);
  auto& parser = state_->parser;
  for (int interim = 0; interim <= most_interim_answers; ++interim) {
    parser.emplace();
    parser->header_limit(header_limit);
    // Bodies are bounded where they are kept. Beast 1.74 takes "no limit" for a limit of 0.
    parser->body_limit(std::numeric_limits<std::uint64_t>::max());
    parser->skip(call.verb == Verb::head);
    ErrorValue error;
    http::read_header(stream, state_->buffer, *parser, error);
    check(error);
    const unsigned status = parser->get().result_int();
    if (status / 100 == 1 && status != 101) {
      continue;
    }
    progress();
    Answer answer{status, {}, {}};
    for (const auto& field : parser->get().base()) {
      answer.headers.emplace_back(field.name_string(), field.value());
    }
    return answer;
  }
  throw Error(ErrorCode::backend_lost, step_, "the engine sends interim answers only");
}

std::size_t Exchange::receive_body(std::span<char> buffer) {
  BeastStream stream(connection_);
  auto& parser = *state_->parser;
  auto& body = parser.get().body();
  while (!parser.is_done()) {
    body.data = buffer.data();
    body.size = buffer.size();
    ErrorValue error;
    http::read_some(stream, state_->buffer, parser, error);
    check(error == http::error::need_buffer ? ErrorValue() : error);
    if (body.size < buffer.size()) {
      progress();
      return buffer.size() - body.size;
    }
  }
  return 0;
}

std::string Exchange::receive_body(std::uint64_t limit) {
  std::string body;
  std::vector<char> part(part_size);
  while (const std::size_t size = receive_body(std::span(part))) {
    if (size > limit - body.size()) {
      throw Error(ErrorCode::backend_lost, step_,
                  fmt::format("the engine's answer has more than {} bytes", limit));
    }
    body.append(part.data(), size);
  }
  return body;
}

bool Exchange::is_raw() const {
  const auto& parser = *state_->parser;
  return parser.get().result_int() == 101 ||
         (parser.get().result_int() == 200 && !parser.chunked() && !parser.content_length());
}

std::string Exchange::surplus() const {
  const auto bytes = state_->buffer.cdata();
  return {static_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace sandbox::docker
