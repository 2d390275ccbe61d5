// SPDX-License-Identifier: Apache-2.0
#include "http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <charconv>
#include <chrono>
#include <deque>
#include <stdexcept>
#include <thread>
#include <utility>

namespace worker {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr std::chrono::seconds request_timeout{5};
constexpr std::size_t max_request_bytes = std::size_t{16} * 1024;
/// Descriptors are for boxes: with more than these the oldest is closed.
constexpr std::size_t max_exchanges = 64;
constexpr std::chrono::milliseconds before_next_accept{100};

tcp::endpoint parse_address(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) {
    throw std::invalid_argument("worker.listen: \"" + address + "\" is not host:port");
  }
  std::string host = address.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  try {
    unsigned short port = 0;
    const char* const end = address.data() + address.size();
    const auto [read, error] = std::from_chars(address.data() + colon + 1, end, port);
    if (error != std::errc() || read != end) {
      throw std::invalid_argument("port");
    }
    return {asio::ip::make_address(host), port};
  } catch (const std::exception&) {
    throw std::invalid_argument("worker.listen: \"" + address +
                                "\" is no address and port, as 127.0.0.1:9464");
  }
}

tcp::acceptor listen_at(asio::io_context& context, const std::string& address) {
  const tcp::endpoint endpoint = parse_address(address);
  try {
    return {context, endpoint, true};
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("worker.listen: " + address + ": " + error.code().message());
  }
}

/// One request and its answer; lives as long as one of its operations waits.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(tcp::socket socket, const Pages& pages) : stream_(std::move(socket)), pages_(pages) {
    parser_.body_limit(max_request_bytes);
    parser_.header_limit(static_cast<std::uint32_t>(max_request_bytes));
  }

  void begin() {
    stream_.expires_after(request_timeout);
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) {
                         self->answer();
                       }
                     });
  }

  void end() { stream_.close(); }

 private:
  void answer() {
    response_.version(11);
    response_.keep_alive(false);
    response_.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    const Page page = find_page();
    response_.result(page.status);
    response_.body() = page.text;
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code, std::size_t) {
                        beast::error_code ignored;
                        self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
                      });
  }

  Page find_page() const {
    const auto& request = parser_.get();
    if (request.method() != http::verb::get) {
      return {405, "only GET\n"};
    }
    const auto page = pages_.find(std::string(request.target()));
    try {
      return page == pages_.end() ? Page{404, "not found\n"} : page->second();
    } catch (const std::exception& error) {
      return {500, std::string(error.what()) + "\n"};
    }
  }

  beast::tcp_stream stream_;
  const Pages& pages_;
  beast::flat_buffer buffer_{max_request_bytes};
  http::request_parser<http::string_body> parser_{};
  http::response<http::string_body> response_{};
};

} // namespace

class HttpServer::State {
 public:
  State(const std::string& address, Pages pages)
      : pages_(std::move(pages)), acceptor_(listen_at(context_, address)) {
    accept();
    thread_ = std::thread([this] { context_.run(); });
  }

  ~State() {
    context_.stop();
    thread_.join();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

 private:
  void accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error) { // out of descriptors, say: it will not be better at once
        timer_.expires_after(before_next_accept);
        timer_.async_wait([this](beast::error_code) { accept(); });
        return;
      }
      begin(std::move(socket));
      accept();
    });
  }

  /// Who connects and then says nothing must not keep others from their answers.
  void begin(tcp::socket socket) {
    std::erase_if(exchanges_, [](const auto& each) { return each.expired(); });
    if (exchanges_.size() >= max_exchanges) {
      if (const auto oldest = exchanges_.front().lock()) {
        oldest->end();
      }
      exchanges_.pop_front();
    }
    const auto exchange = std::make_shared<Exchange>(std::move(socket), pages_);
    exchanges_.push_back(exchange);
    exchange->begin();
  }

  Pages pages_;
  std::deque<std::weak_ptr<Exchange>> exchanges_{}; // the oldest first
  asio::io_context context_{1};
  asio::steady_timer timer_{context_};
  tcp::acceptor acceptor_;
  std::thread thread_{};
};

HttpServer::HttpServer(const std::string& address, Pages pages)
    : state_(std::make_unique<State>(address, std::move(pages))) {}

HttpServer::~HttpServer() = default;

} // namespace worker
