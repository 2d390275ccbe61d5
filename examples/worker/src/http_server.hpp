// SPDX-License-Identifier: Apache-2.0
//
// A few pages for machines, over HTTP: GET only, one short request a connection. For the operator's
// network, not for others'. Boost.Beast is known here only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace worker {

struct Page {
  unsigned status{200};
  std::string text{};
};

using Pages = std::map<std::string, std::function<Page()>>;

class HttpServer {
 public:
  /// Listens on "host:port" ("[::1]:9464" too) and answers in a thread of its own until it is
  /// destroyed. Throws std::invalid_argument, std::runtime_error when it cannot listen there.
  HttpServer(const std::string& address, Pages pages);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  class State;
  std::unique_ptr<State> state_;
};

} // namespace worker
