// SPDX-License-Identifier: Apache-2.0
#include "queues/redis_url.hpp"

#include <charconv>
#include <stdexcept>
#include <string_view>

namespace worker {
namespace {

constexpr int max_port = 65535;
constexpr int max_database = 1'000'000;

[[noreturn]] void refuse(const char* what) {
  throw std::invalid_argument(std::string("redis.url: ") + what);
}

int number(std::string_view text, int most, const char* what) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > most) {
    refuse(what);
  }
  return value;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain.push_back(text[i]);
      continue;
    }
    unsigned value = 0;
    const char* const end = text.data() + i + 3;
    if (i + 2 >= text.size() || std::from_chars(text.data() + i + 1, end, value, 16).ptr != end) {
      refuse("% must be followed by two hexadecimal digits");
    }
    plain.push_back(static_cast<char>(value));
    i += 2;
  }
  return plain;
}

/// What stands before `separator`, which is taken away with it.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

RedisUrl unix_url(std::string_view rest) {
  RedisUrl url;
  url.socket = decoded(take_until(rest, '?'));
  if (url.socket.empty() || url.socket.front() != '/') {
    refuse("unix:// needs an absolute path");
  }
  if (!rest.empty()) {
    if (take_until(rest, '=') != "db") {
      refuse("after ? only db=NUMBER is known");
    }
    url.database = number(rest, max_database, "db must be a number");
  }
  return url;
}

} // namespace

RedisUrl parse_redis_url(const std::string& text) {
  std::string_view rest = text;
  if (rest.substr(0, 7) == "unix://") {
    return unix_url(rest.substr(7));
  }
  if (rest.substr(0, 8) != "redis://") {
    refuse("must begin with redis:// or unix://; for TLS put a tunnel (stunnel) before the server");
  }
  rest.remove_prefix(8);
  RedisUrl url;
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    std::string_view credentials = rest.substr(0, at);
    url.user = decoded(take_until(credentials, ':'));
    url.password = decoded(credentials);
    rest.remove_prefix(at + 1);
  }
  std::string_view address = take_until(rest, '/');
  if (!rest.empty()) {
    url.database = number(rest, max_database, "the database must be a number");
  }
  if (!address.empty() && address.front() == '[') {
    address.remove_prefix(1);
    url.host = take_until(address, ']');
    if (!address.empty() && address.front() == ':') {
      address.remove_prefix(1);
    }
  } else {
    url.host = take_until(address, ':');
  }
  if (url.host.empty()) {
    refuse("there is no host");
  }
  if (!address.empty()) {
    url.port = number(address, max_port, "the port must be a number up to 65535");
  }
  return url;
}

} // namespace worker
