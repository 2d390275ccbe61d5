/* SPDX-License-Identifier: Apache-2.0
 *
 * Sockets of every kind, and what they could reach. */
#include "attack.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

enum { families = 46 };

static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET, 10};

/* A kernel that lacks a family says what the filter says; the control has those that all have. */
static int was_refused(long result) {
  return result < 0 && errno == EAFNOSUPPORT;
}

static long open_socket(long number, long family, long type, long protocol) {
  int pair[2];
  return number == SYS_socketpair ? syscall(number, family, type, protocol, pair)
                                  : syscall(number, family, type, protocol);
}

static void try_family(long number, long family, long above) {
  for (size_t i = 0; i < sizeof types / sizeof *types; ++i) {
    if (!was_refused(open_socket(number, family | above << 32, types[i] | above << 32, 0))) {
      char step[32];
      snprintf(step, sizeof step, "family%ld.type%d", family, types[i]);
      observe(step, -1);
      escaped(step);
      return;
    }
  }
}

/* families ABOVE [FAMILY...]: all but AF_UNIX, or those that are named; the upper halves are ABOVE.
 * Asking for a family loads its module into the kernel where that is possible: hence a control
 * names some. */
static void every_family_by(long number_of_call, char** arguments) {
  const long above = number(arguments, 0, 0);
  if (number(arguments, 1, -1) >= 0) {
    for (int i = 1; number(arguments, i, -1) >= 0; ++i) {
      try_family(number_of_call, number(arguments, i, 0), above);
    }
    return;
  }
  for (long family = 0; family < families; ++family) {
    if (family != AF_UNIX) {
      try_family(number_of_call, family, above);
    }
  }
}

static void every_family(char** arguments) {
  every_family_by(SYS_socket, arguments);
}

static void every_pair(char** arguments) {
  every_family_by(SYS_socketpair, arguments);
}

/* socket FAMILY TYPE PROTOCOL [ABOVE] */
static void one_socket(char** arguments) {
  const long above = number(arguments, 3, 0) << 32;
  attempt("socket", syscall(SYS_socket, number(arguments, 0, 0) | above,
                            number(arguments, 1, 0) | above, number(arguments, 2, 0) | above));
}

static void netlink_protocols(char** arguments) {
  (void)arguments;
  for (int protocol = 0; protocol < 23; ++protocol) {
    const long socket = syscall(SYS_socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (!was_refused(socket) && (socket >= 0 || errno != EPROTONOSUPPORT)) {
      char step[32];
      snprintf(step, sizeof step, "protocol%d", protocol);
      observe(step, socket);
      escaped(step);
    }
  }
}

/* connect PATH...: stream sockets by their names; `@` begins an abstract one. */
static long connect_unix(const char* name, int type) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, name, sizeof address.sun_path - 1);
  const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
  if (name[0] == '@') {
    address.sun_path[0] = '\0';
  }
  const int file = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  return connect(file, (struct sockaddr*)&address, size);
}

static void connect_names(char** arguments) {
  for (; *arguments && strncmp(*arguments, "--", 2) != 0; ++arguments) {
    attempt(*arguments, connect_unix(*arguments, SOCK_STREAM));
    attempt(*arguments, connect_unix(*arguments, SOCK_DGRAM));
  }
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* connect-inet ADDRESS PORT [udp]: where there is a route connect(2) of UDP succeeds and sends
 * nothing. Whatever the answer, it has to come at once. */
static void connect_inet(char** arguments) {
  const int type = arguments[2] && strcmp(arguments[2], "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)number(arguments, 1, 0))};
  if (inet_pton(AF_INET, arguments[0], &address.sin_addr) != 1) {
    unable("address");
  }
  const double start = now();
  const int file = (int)observe("socket", socket(AF_INET, type | SOCK_CLOEXEC, 0));
  if (file >= 0) {
    attempt("connect", connect(file, (struct sockaddr*)&address, sizeof address));
  }
  if (now() - start > 2.5) {
    escaped("the answer does not come at once");
  }
}

/* Any interface that is up but the loopback, by the requests that need no netlink. */
static void interfaces(char** arguments) {
  const int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  (void)arguments;
  if (file < 0) {
    unable("socket");
  }
  for (int index = 1; index < 256; ++index) {
    struct ifreq request = {.ifr_ifindex = index};
    if (ioctl(file, SIOCGIFNAME, &request) != 0) {
      continue;
    }
    note("interface", request.ifr_name);
    if (ioctl(file, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) &&
        !(request.ifr_flags & IFF_LOOPBACK)) {
      escaped("an interface leads out");
    }
  }
}

static void change_interface(char** arguments) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  (void)arguments;
  const int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  attempt("flags", ioctl(file, SIOCSIFFLAGS, &request));
  request.ifr_mtu = 1500;
  attempt("mtu", ioctl(file, SIOCSIFMTU, &request));
}

/* Requests to any socket at all for which the kernel loads a module before it asks who wants it. */
static void load_modules(char** arguments) {
  static const unsigned requests[] = {0x8940, 0x8941, 0x8982, 0x8983, 0x89a0, 0x89a1};
  const long above = number(arguments, 0, 0) << 32;
  for (size_t i = 0; i < sizeof requests / sizeof *requests; ++i) {
    char step[32];
    snprintf(step, sizeof step, "request%x", requests[i]);
    /* Without a socket: the kernel then says EBADF, and loads nothing. */
    if (observe(step, syscall(SYS_ioctl, -1, requests[i] | above, 0)) >= 0 || errno != ENOPKG) {
      escaped("the kernel took the request up");
    }
  }
}

static int listen_inet(unsigned short port) {
  const struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_ANY)}};
  const int one = 1;
  const int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(file, (const struct sockaddr*)&address, sizeof address) != 0 || listen(file, 8) != 0) {
    observe("listen", -1);
    return -1;
  }
  return file;
}

static int listen_unix(const char* name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, name, sizeof address.sun_path - 1);
  const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
  if (name[0] == '@') {
    address.sun_path[0] = '\0';
  }
  const int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return bind(file, (struct sockaddr*)&address, size) == 0 && listen(file, 8) == 0 ? file : -1;
}

/* serve PORT|@NAME MILLISECONDS: somebody from outside who connects has got in. */
static void serve(char** arguments) {
  const int file = arguments[0][0] == '@' ? listen_unix(arguments[0])
                                          : listen_inet((unsigned short)number(arguments, 0, 0));
  if (file < 0) {
    unable("cannot listen");
  }
  note("listening", "yes");
  struct pollfd waiting = {file, POLLIN, 0};
  if (poll(&waiting, 1, (int)number(arguments, 1, 500)) > 0) {
    escaped("somebody connected");
  }
}

/* A box's own loopback works, for itself. */
static void own_loopback(char** arguments) {
  const unsigned short port = (unsigned short)number(arguments, 0, 4711);
  const struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  const int listener = (int)observe("listen", listen_inet(port));
  const int caller = (int)observe("socket", socket(AF_INET, SOCK_STREAM, 0));
  observe("connect", connect(caller, (const struct sockaddr*)&address, sizeof address));
  const int callee = (int)observe("accept", accept(listener, NULL, NULL));
  observe("send", send(caller, "x", 1, MSG_NOSIGNAL));
  char byte = 0;
  observe("receive", recv(callee, &byte, 1, 0));
}

const struct verb network_verbs[] = {
    {"families", every_family},     {"pairs", every_pair},
    {"socket", one_socket},         {"netlink", netlink_protocols},
    {"connect", connect_names},     {"connect-inet", connect_inet},
    {"interfaces", interfaces},     {"change-interface", change_interface},
    {"load-modules", load_modules}, {"serve", serve},
    {"own-loopback", own_loopback}, {NULL, NULL}};
