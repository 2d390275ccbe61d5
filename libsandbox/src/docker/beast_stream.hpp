// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <cstddef>

namespace sandbox::docker {

/// A connection as Beast wants its streams.
class BeastStream {
 public:
  using ErrorValue = boost::system::error_code;

  explicit BeastStream(Connection& connection) noexcept : connection_(connection) {}

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, ErrorValue& error) {
    const boost::asio::mutable_buffer first = *boost::asio::buffer_sequence_begin(buffers);
    const long size = connection_.receive({static_cast<char*>(first.data()), first.size()}, true);
    return finish(size == 0 ? ErrorValue(boost::asio::error::eof) : errno_of(size), size, error);
  }

  // Beast hands a header over in many pieces: they leave in one call, or in one TLS record.
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, ErrorValue& error) {
    std::array<char, 16 << 10> flat;
    const std::size_t gathered = boost::asio::buffer_copy(boost::asio::buffer(flat), buffers);
    const long size = connection_.send_some({flat.data(), gathered}, true);
    return finish(errno_of(size), size, error);
  }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    return or_throw([&](ErrorValue& error) { return read_some(buffers, error); });
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    return or_throw([&](ErrorValue& error) { return write_some(buffers, error); });
  }

 private:
  static ErrorValue errno_of(long size) {
    return size < 0 ? ErrorValue(static_cast<int>(-size), boost::system::generic_category())
                    : ErrorValue();
  }
  static std::size_t finish(const ErrorValue& found, long size, ErrorValue& error) {
    error = found;
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }
  template <class Operation>
  static std::size_t or_throw(Operation operation) {
    ErrorValue error;
    const std::size_t size = operation(error);
    if (error) {
      throw boost::system::system_error(error);
    }
    return size;
  }

  Connection& connection_;
};

} // namespace sandbox::docker
