// SPDX-License-Identifier: Apache-2.0
//
// The supervisor's end: whatever an init says in answer to requests, each ends in what it may end
// in or in an Error, within its bounds.
#include "docker/attached_transport.hpp"
#include "input.hpp"
#include "monitor/box_session.hpp"
#include "os/socket.hpp"

#include <sandbox/error.hpp>
#include <sandbox/output.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <climits>

namespace {

using namespace sandbox;
using fuzz::check;

constexpr std::uint64_t output_limit = 100;
constexpr std::uint64_t most_entries = 5;
constexpr std::uint64_t most_bytes = 200;

/// What an engine makes of a container's stdout.
std::string in_pieces(std::string_view bytes, std::size_t size) {
  std::string stream;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, size);
    stream += {1, 0, 0, 0, 0, 0, 0, static_cast<char>(piece.size())};
    stream += piece;
    bytes.remove_prefix(piece.size());
  }
  return stream;
}

/// A box whose init has said already all that it ever will.
class ScriptedBox final : public monitor::Box {
 public:
  explicit ScriptedBox(fuzz::Input& input) {
    const unsigned how = input.choose(16);
    attached_ = (how & 1U) != 0;
    kills_ = (how & 2U) != 0 ? std::optional<std::uint64_t>(how & 4U) : std::nullopt;
    const std::size_t piece = input.choose(64) + 1;
    auto [ours, theirs] = os::socket_pair(SOCK_STREAM);
    init_ = std::move(theirs);
    const std::string said = attached_ ? in_pieces(input.rest(), piece) : std::string(input.rest());
    check(os::send(init_.get(), said, {}) == 0);
    // Behind its last word it reads on, or is gone.
    if ((how & 8U) != 0) {
      init_.close();
    } else {
      ::shutdown(init_.get(), SHUT_WR);
    }
    channel_ = std::make_unique<monitor::Channel>(transport(std::move(ours)));
  }

  monitor::Channel& channel() noexcept override { return *channel_; }
  std::string_view backend() const noexcept override { return "scripted"; }
  const std::vector<Guarantee>& guarantees() const noexcept override { return guarantees_; }
  monitor::StageSetup prepare(const Limits&) override { return {}; }
  std::optional<std::uint64_t> out_of_memory_kills() noexcept override { return kills_; }
  std::optional<bool> memory_limit_reached() noexcept override { return true; }
  void lift_cpu_limit() noexcept override {}
  void make_room_for_init() override {}
  std::string root_identity() override { return "a root"; }
  void kill() noexcept override { init_.close(); }

 private:
  std::unique_ptr<monitor::Transport> transport(os::Fd socket) const {
    if (attached_) {
      return std::make_unique<docker::AttachedTransport>(
          docker::Engine::Attached{docker::Connection(std::move(socket)), {}});
    }
    return std::make_unique<monitor::SocketTransport>(std::move(socket));
  }

  bool attached_{false};
  std::optional<std::uint64_t> kills_;
  os::Fd init_;
  std::vector<Guarantee> guarantees_;
  std::unique_ptr<monitor::Channel> channel_;
};

void check_stream(const StreamUsage& usage, const CapturedOutput::Kept& kept) {
  check(usage.kept_bytes <= output_limit && usage.kept_bytes <= usage.total_bytes);
  check(usage.kept_bytes == kept.total_bytes);
  check(usage.truncated == (usage.total_bytes > usage.kept_bytes));
}

Command program() {
  Command command;
  command.argv = {"program"};
  command.input = BytesInput{"input"};
  command.limits.output_bytes = output_limit;
  return command;
}

void run(monitor::BoxSession& session) {
  CapturedOutput output;
  const Result result = session.run(program(), output, {});
  check_stream(result.usage.standard_output, output.standard_output());
  check_stream(result.usage.standard_error, output.standard_error());
  check(result.verdict != Verdict::ok || result.exit_code == 0);
  check(!describe(result).empty());
}

void list(monitor::BoxSession& session) {
  const std::vector<BoxEntry> entries = session.list_files(most_entries);
  check(entries.size() <= most_entries);
  for (const BoxEntry& each : entries) {
    const std::string path = "/" + each.path + "/";
    check(path.find("/../") == path.npos && path.find("//") == path.npos);
    check(path.size() <= PATH_MAX + 1);
  }
}

void request(monitor::BoxSession& session, unsigned which) try {
  switch (which) {
  case 0:
    run(session);
    break;
  case 1:
    check(session.get_file("file", most_bytes).size() <= most_bytes);
    break;
  case 2:
    list(session);
    break;
  case 3:
    session.reset();
    break;
  case 4:
    session.start_ahead(program(), "file");
    break;
  default:
    session.put_file("file", "content", false);
  }
} catch (const Error&) {
  // With every code: init says what kind of failure it was.
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const fuzz::DescriptorsKept kept;
  const unsigned requests[] = {input.choose(6), input.choose(6), input.choose(6)};
  monitor::BoxSession session(std::make_unique<ScriptedBox>(input));
  for (const unsigned each : requests) {
    request(session, each);
  }
  static_cast<void>(session.alive());
  return 0;
}
