// SPDX-License-Identifier: Apache-2.0
#include "queues/amqp_connect.hpp"

#include "queues/amqp_reply.hpp"
#include "queues/amqp_url.hpp"

#include <fmt/format.h>

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>

#include <string>

namespace worker {
namespace {

constexpr int max_frame_bytes = 128 * 1024;
/// Debian's; what other systems have, rabbitmq.ca_file names.
constexpr const char* system_ca_file = "/etc/ssl/certs/ca-certificates.crt";

void check(int status, const std::string& doing) {
  if (status != AMQP_STATUS_OK) {
    throw amqp_error(doing, amqp_error_string2(status));
  }
}

void check(const amqp_rpc_reply_t& reply, const std::string& doing) {
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) {
    throw amqp_error(doing, failure(reply));
  }
}

/// A certificate that is not of `ca_file`, or not of this host, is refused.
void trust(amqp_socket_t* socket, const std::string& ca_file) {
  const std::string file = ca_file.empty() ? system_ca_file : ca_file;
  check(amqp_ssl_socket_set_cacert(socket, file.c_str()), file);
  amqp_ssl_socket_set_verify_peer(socket, 1);
  amqp_ssl_socket_set_verify_hostname(socket, 1);
}

void open_socket(amqp_connection_state_t state, const AmqpUrl& url, const RabbitMqConfig& config) {
  amqp_socket_t* const socket = state == nullptr ? nullptr
                                : url.encrypted  ? amqp_ssl_socket_new(state)
                                                 : amqp_tcp_socket_new(state);
  if (socket == nullptr) {
    throw amqp_error("connect", "out of memory");
  }
  if (url.encrypted) {
    trust(socket, config.ca_file);
  }
  const timeval timeout = to_timeval(config.timeout);
  amqp_set_handshake_timeout(state, &timeout);
  amqp_set_rpc_timeout(state, &timeout);
  check(amqp_socket_open_noblock(socket, url.host.c_str(), url.port, &timeout),
        fmt::format("connect to {}:{}", url.host, url.port));
}

void open_channels(amqp_connection_state_t state) {
  for (const amqp_channel_t channel : {work_channel, control_channel}) {
    amqp_channel_open(state, channel);
    check(amqp_get_rpc_reply(state), "open a channel");
  }
  amqp_confirm_select(state, work_channel);
  check(amqp_get_rpc_reply(state), "confirm.select");
  // A lane does one job at a time; what else it held would wait for it, with other lanes idle.
  amqp_basic_qos(state, work_channel, 0, 1, 0);
  check(amqp_get_rpc_reply(state), "basic.qos");
}

} // namespace

void AmqpDestroyer::operator()(amqp_connection_state_t state) const noexcept {
  amqp_destroy_connection(state);
}

AmqpState connect_amqp(const RabbitMqConfig& config, int heartbeat_s) {
  const AmqpUrl url = parse_amqp_url(config.url);
  AmqpState state(amqp_new_connection());
  open_socket(state.get(), url, config);
  check(amqp_login(state.get(), url.vhost.c_str(), 0, max_frame_bytes, heartbeat_s,
                   AMQP_SASL_METHOD_PLAIN, url.user.c_str(), url.password.c_str()),
        fmt::format("log in as {}", url.user));
  open_channels(state.get());
  return state;
}

timeval to_timeval(std::chrono::milliseconds duration) {
  return {duration.count() / 1000, duration.count() % 1000 * 1000};
}

} // namespace worker
