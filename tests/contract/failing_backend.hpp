// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contract/box.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace contract {

/// Real boxes, but for what a test has go wrong.
class FailingBackend final : public sandbox::Backend {
 public:
  struct Failures {
    int boxes_that_take_no_program{0};
    bool tells_no_root{false};
    bool lists_nothing{false};
    std::function<void()> after_compiling{};
  };
  explicit FailingBackend(Failures failures) : failures_(std::move(failures)) {}

  std::string_view name() const noexcept override { return backend().name(); }
  std::unique_ptr<sandbox::Session> open(const sandbox::Environment& environment) override {
    ++opened_;
    return std::make_unique<Box>(backend().open(environment), failures_,
                                 failures_.boxes_that_take_no_program-- > 0);
  }
  sandbox::Probe probe() override { return {}; }
  std::vector<sandbox::Leftover> collect_garbage(bool) override { return {}; }
  int opened() const noexcept { return opened_; }

 private:
  class Box final : public sandbox::Session {
   public:
    Box(std::unique_ptr<sandbox::Session> box, const Failures& failures, bool takes_no_program)
        : box_(std::move(box)), failures_(failures), takes_no_program_(takes_no_program) {}
    void put_file(std::string_view path, std::string_view bytes, bool executable) override {
      if (takes_no_program_ && path == "program") {
        throw sandbox::Error(sandbox::ErrorCode::backend_lost, "box", "is gone");
      }
      box_->put_file(path, bytes, executable);
    }
    sandbox::Result run(const sandbox::Command& command, sandbox::OutputSink& sink,
                        std::stop_token stop) override {
      const sandbox::Result result = box_->run(command, sink, std::move(stop));
      if (failures_.after_compiling) {
        failures_.after_compiling();
      }
      return result;
    }
    std::string get_file(std::string_view path, std::uint64_t max_bytes) override {
      return box_->get_file(path, max_bytes);
    }
    std::vector<sandbox::BoxEntry> list_files(std::uint64_t max_entries) override {
      if (failures_.lists_nothing) {
        throw 1; // not even an exception of ours
      }
      return box_->list_files(max_entries);
    }
    void reset() override { box_->reset(); }
    std::string root_identity() override {
      return failures_.tells_no_root ? sandbox::Session::root_identity() : box_->root_identity();
    }

   private:
    std::unique_ptr<sandbox::Session> box_;
    Failures failures_;
    bool takes_no_program_;
  };

  Failures failures_;
  int opened_{0};
};

} // namespace contract
