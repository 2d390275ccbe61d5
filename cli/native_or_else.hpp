// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/backend.hpp>

#include <memory>
#include <string>

namespace sandbox::cli {

/// The native backend where it was chosen for want of docker: when this host cannot confine, the
/// error says what docker lacked as well.
class NativeOrElse final : public Backend {
 public:
  NativeOrElse(std::unique_ptr<Backend> native, std::string docker_lacks);

  std::string_view name() const noexcept override { return native_->name(); }
  std::unique_ptr<Session> open(const Environment& environment) override;
  Probe probe() override { return native_->probe(); }
  std::vector<Leftover> collect_garbage(bool dry_run) override {
    return native_->collect_garbage(dry_run);
  }

 private:
  std::unique_ptr<Backend> native_;
  std::string docker_lacks_;
};

} // namespace sandbox::cli
