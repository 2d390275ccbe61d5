// SPDX-License-Identifier: Apache-2.0
//
// The Session of every backend: requests to init, and its answers.
#pragma once

#include "monitor/box.hpp"
#include "monitor/started_ahead.hpp"

#include <sandbox/backend.hpp>

#include <memory>
#include <optional>

namespace sandbox::monitor {

class BoxSession final : public Session {
 public:
  explicit BoxSession(std::unique_ptr<Box> box);

  void start_ahead(const Command& command, std::string_view source) override;
  void put_file(std::string_view path, std::string_view bytes, bool executable) override;
  Result run(const Command& command, OutputSink& sink, std::stop_token stop) override;
  std::string get_file(std::string_view path, std::uint64_t max_bytes) override;
  std::vector<BoxEntry> list_files(std::uint64_t max_entries) override;
  void reset() override;
  std::string root_identity() override;
  bool alive() noexcept override;

 private:
  wire::Frame next_answer();
  Result run_ahead(const Command& command, OutputSink& sink, const std::stop_token& stop);
  void end_ahead();
  Channel& init_for_work();

  std::unique_ptr<Box> box_;
  bool is_new_{true};      // nothing was started, put or run in it
  bool has_limits_{false}; // of a program: some may be in force
  std::optional<StartedAhead> ahead_;
};

} // namespace sandbox::monitor
