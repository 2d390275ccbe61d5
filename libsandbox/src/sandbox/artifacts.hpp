// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/backend.hpp>
#include <sandbox/report.hpp>
#include <sandbox/sandbox.hpp>

namespace sandbox {

/// Brings back the files of the box that match RunOptions::artifacts, within its bounds; what
/// matched and was not taken is listed with the reason. The program is dead by now, and init
/// follows no link.
void collect_artifacts(Session& session, const RunOptions& options, Report& report);

} // namespace sandbox
