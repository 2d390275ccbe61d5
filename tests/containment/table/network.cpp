// SPDX-License-Identifier: Apache-2.0
//
// Group G: sockets, and whom they could reach.
#include "containment/cage.hpp"
#include "containment/listener.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

namespace containment {
namespace {

using std::chrono::milliseconds;

sandbox::Environment with_loopback() {
  sandbox::Environment environment;
  environment.network = sandbox::Network::loopback;
  return environment;
}

void add_families(Table& table) {
  // The control asks only for families that no kernel has to load: inet, netlink, packet.
  for (const std::string above : {"0", "1"}) {
    const std::string id = above == "0" ? "NW-05" : "NW-06";
    const std::string title =
        above == "0" ? " of every family" : " of every family, with the upper half set";
    table.push_back(Check(id + ".sockets", "sockets" + title, {"families", above})
                        .control({"families", above, "2", "10", "16", "17"}));
    table.push_back(Check(id + ".pairs", "pairs of sockets" + title, {"pairs", above})
                        .control({"pairs", above, "2", "10", "16", "17"}));
    table.push_back(Check(id + ".loopback", "packets and netlink beside loopback" + title,
                          {"families", above, "16", "17"})
                        .in(with_loopback()));
  }
  table.push_back(Check("NW-05.netlink", "netlink of every protocol", {"netlink"}));
  const std::vector<std::pair<std::string, std::vector<std::string>>> beside = {
      {"raw", {"2", "3", "1"}},     {"raw6", {"10", "3", "58"}},    {"ping", {"2", "2", "1"}},
      {"mptcp", {"2", "1", "262"}}, {"mptcp6", {"10", "1", "262"}}, {"udplite", {"2", "2", "136"}}};
  for (const auto& [name, arguments] : beside) {
    std::vector<std::string> attack{"socket"};
    attack.insert(attack.end(), arguments.begin(), arguments.end());
    table.push_back(Check("NW-05.beside-" + name, "other protocols than TCP and UDP", attack)
                        .in(with_loopback())
                        .errors("socket", {"EPROTONOSUPPORT"}));
    attack.push_back("1");
    table.push_back(Check("NW-06.beside-" + name,
                          "other protocols than TCP and UDP, with the upper half set", attack)
                        .in(with_loopback())
                        .errors("socket", {"EPROTONOSUPPORT"}));
  }
  table.push_back(Check("NW-05.modules", "have the kernel load modules", {"load-modules"}));
  table.push_back(Check("NW-06.modules", "have the kernel load modules, with the upper half set",
                        {"load-modules", "1"}));
  table.push_back(
      Check("NW-07.socketcall", "sockets by the call of 32-bit programs", {"interrupt", "359", "2"})
          .verdict({sandbox::Verdict::disallowed_syscall}));
}

void add_interfaces(Table& table) {
  const auto seen_on_host = [](Cage& cage) {
    return cage.run({"interfaces"}, {"--host-network"}).escaped();
  };
  table.push_back(
      Check("NW-01.none", "interfaces that lead out", {"interfaces"}).control(seen_on_host));
  table.push_back(Check("NW-01.loopback", "interfaces that lead out, with loopback", {"interfaces"})
                      .in(with_loopback())
                      .control(seen_on_host));
  table.push_back(Check("NW-01.change", "bring an interface up", {"change-interface"})
                      .errors("flags", {"EPERM"}));
  table.push_back(Check("NW-09.egress", "reach only hosts that a recipe allows", {"interfaces"})
                      .not_runnable("there is no network but a box's own loopback"));
}

/// What an application listens on, attacked from a box.
void reach(Trial& trial, const Listener& listener, const std::vector<std::string>& attack) {
  trial.expect_contained(trial.run(attack));
  trial.expect(!listener.was_called(), "the application's socket was reached");
}

void add_host_over_tcp(Table& table) {
  const auto attack_on = [](const Listener& listener) {
    return std::vector<std::string>{"connect-inet", "127.0.0.1", listener.name()};
  };
  const auto body = [attack_on](Trial& trial) {
    const Listener listener(Listener::Kind::tcp);
    reach(trial, listener, attack_on(listener));
  };
  const auto control = [attack_on](Cage& cage) {
    const Listener listener(Listener::Kind::tcp);
    return cage.run(attack_on(listener), {"--host-network"}).escaped() && listener.was_called();
  };
  table.push_back(Check("NW-02.tcp", "a TCP port of the host", body, control));
  table.push_back(
      Check("NW-02.tcp-loopback", "a TCP port of the host, with loopback", body, control)
          .in(with_loopback()));
  for (const auto& [name, address] :
       std::vector<std::pair<std::string, std::string>>{{"metadata", "169.254.169.254"},
                                                        {"bridge", "172.17.0.1"},
                                                        {"world", "192.0.2.1"},
                                                        {"broadcast", "192.168.65.7"}}) {
    const std::vector<std::string> attack{"connect-inet", address, "80", "udp"};
    const auto has_route = [attack](Cage& cage) {
      return cage.run(attack, {"--host-network"}).escaped();
    };
    table.push_back(Check("NW-02." + name, "a route to " + address, attack).control(has_route));
    table.push_back(
        Check("NW-02." + name + "-loopback", "a route to " + address + ", with loopback", attack)
            .in(with_loopback())
            .errors("connect", {"ENETUNREACH"})
            .control(has_route));
  }
}

void add_host_by_name(Table& table) {
  for (const bool loopback : {false, true}) {
    Check check(
        loopback ? "NW-04.abstract-loopback" : "NW-04.abstract", "an abstract socket of the host",
        [](Trial& trial) {
          const Listener listener(Listener::Kind::abstract);
          reach(trial, listener, {"connect", listener.name()});
        },
        [](Cage& cage) {
          const Listener listener(Listener::Kind::abstract);
          return cage.run({"connect", listener.name()}, {"--host-network"}).escaped();
        });
    table.push_back(std::move(check).in(loopback ? with_loopback() : sandbox::Environment{}));
  }
  table.push_back(Check(
      "NW-04.path", "a socket of the host by its path",
      [](Trial& trial) {
        const Listener listener(Listener::Kind::path);
        reach(trial, listener, {"connect", listener.name(), "/proc/1/root" + listener.name()});
      },
      [](Cage& cage) {
        const Listener listener(Listener::Kind::path);
        const std::filesystem::path path = listener.name();
        return cage
            .run({"connect", "/shared/" + path.filename().string()},
                 {"--share", path.parent_path().string()})
            .escaped();
      }));
}

/// A box listens while somebody tries to reach it.
template <typename Caller>
void while_serving(Trial& trial, const std::string& where, const Caller& call) {
  trial.box();
  Observation seen;
  std::thread server([&] { seen = trial.run({"serve", where, "700"}); });
  std::this_thread::sleep_for(milliseconds{300});
  call();
  server.join();
  trial.expect(seen.find("listening") != nullptr, "the box did not listen");
  trial.expect_contained(seen);
}

/// In one network one process reaches another.
bool two_of_a_network_meet(Cage& cage, const std::string& where,
                           const std::vector<std::string>& caller) {
  bool met = false;
  std::thread server([&] {
    Cage other;
    met = other.run({"serve", where, "1500"}, {"--host-network"}).escaped();
  });
  bool called = false;
  for (int i = 0; i < 20 && !called; ++i) {
    std::this_thread::sleep_for(milliseconds{50});
    called = cage.run(caller, {"--host-network"}).escaped();
  }
  server.join();
  return met && called;
}

void add_two_boxes(Table& table) {
  const std::string name = "@sandbox-two-boxes";
  table.push_back(Check(
      "NW-04.boxes", "an abstract socket of another box",
      [name](Trial& trial) {
        const auto beside = trial.another_box();
        while_serving(trial, name, [&] {
          trial.expect_contained(trial.run(*beside, {"connect", name}));
        });
      },
      [name](Cage& cage) {
        return two_of_a_network_meet(cage, name, {"connect", name});
      }));
  constexpr int number = 21811; // not one that the kernel gives to whoever asks for any
  const std::string port = std::to_string(number);
  const std::vector<std::string> caller{"connect-inet", "127.0.0.1", port};
  table.push_back(
      Check(
          "NW-04.boxes-tcp", "a TCP port of another box",
          [port, caller](Trial& trial) {
            const auto beside = trial.another_box();
            while_serving(trial, port, [&] { trial.expect_contained(trial.run(*beside, caller)); });
          },
          [port, caller](Cage& cage) { return two_of_a_network_meet(cage, port, caller); })
          .in(with_loopback()));
  table.push_back(
      Check(
          "NW-09.listening", "a TCP port of a box, from the host",
          [port](Trial& trial) {
            while_serving(trial, port,
                          [&] { trial.expect(!can_connect(number), "the host reaches the box"); });
          },
          [port, caller](Cage& cage) { return two_of_a_network_meet(cage, port, caller); })
          .in(with_loopback()));
}

void add_own_loopback(Table& table) {
  Check check("NW-10.own-loopback", "a box's own loopback must work", {"own-loopback"});
  for (const char* step : {"listen", "socket", "connect", "accept", "send", "receive"}) {
    check.expected_errors[step] = {"0"};
  }
  table.push_back(std::move(check).in(with_loopback()).control([](Cage& cage) {
    const Cage::Ran ran = cage.run({"own-loopback"});
    return ran.status == contained_status && !ran.steps.empty() && ran.steps.back().error == "0";
  }));
}

} // namespace

void add_network(Table& table) {
  add_families(table);
  add_interfaces(table);
  add_host_over_tcp(table);
  add_host_by_name(table);
  add_two_boxes(table);
  add_own_loopback(table);
}

} // namespace containment
