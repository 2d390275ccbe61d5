// SPDX-License-Identifier: Apache-2.0
//
// The descriptors that come with a stage.
#pragma once

#include "figures.hpp"
#include "os/fd.hpp"
#include "relay.hpp"

namespace sandbox::init {

class Given {
 public:
  /// Figures that do not come are read from `otherwise`, which must outlive this.
  explicit Given(const Figures& otherwise) noexcept : figures_(&otherwise) {}
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;
  ~Given() { figures_.close(); }

  /// False when they are not there.
  bool take_streams(Descriptors& received) noexcept;
  /// Where no descriptors travel: the program's ends of pipes.
  Outcome open(Relay& relay) noexcept;
  void take_group(const wire::Run& request, Descriptors& received) noexcept;

  const os::Fd (&streams() const noexcept)[3] { return streams_; }
  int group() const noexcept { return group_.get(); } // as wire::OwnGroup says, or -1
  const Figures& figures() const noexcept { return figures_; }

  void close_streams() noexcept;
  void close() noexcept;

 private:
  os::Fd streams_[3];
  os::Fd group_;
  Figures figures_;
};

} // namespace sandbox::init
