// SPDX-License-Identifier: Apache-2.0
#include "spawn.hpp"

#include "child.hpp"
#include "clone.hpp"
#include "credentials.hpp"
#include "filter.hpp"
#include "id_map.hpp"
#include "oom_score.hpp"

#include <sys/fsuid.h>
#include <unistd.h>

#include <algorithm>

namespace sandbox::init {
namespace {

// In .bss, so that a stage with few arguments touches one page of each.
constexpr std::size_t max_texts = 16 << 10;
char* argv[max_texts + 1];
char* envp[max_texts + 1];
ChildPlan plan;

bool spread(const wire::TextList& list, char** pointers) noexcept {
  if (list.count > max_texts) {
    return false;
  }
  const char* text = list.packed.data();
  for (std::uint32_t i = 0; i < list.count; ++i) {
    pointers[i] = const_cast<char*>(text);
    text += __builtin_strlen(text) + 1;
  }
  pointers[list.count] = nullptr;
  return true;
}

void make_plan(const SlotState& slot, const Spawn& what) noexcept {
  plan = {};
  plan.run = &what.run;
  plan.argv = argv;
  plan.envp = envp;
  std::transform(std::begin(what.given.streams()), std::end(what.given.streams()), plan.streams,
                 [](const os::Fd& stream) { return stream.get(); });
  plan.join = what.run.own_group == wire::OwnGroup::join ? what.given.group() : -1;
  plan.landlock = slot.landlock;
  plan.offer_to_oom_killer = slot.in_container;
  plan.own_session = slot.in_container;
  plan.shared_uid = slot.shared_uid;
  plan.filtered = slot.filtered;
  plan.filter = filter_program(what.run.filter);
  plan.traced = what.traced;
  plan.token = slot.token;
  plan.failure = {not_begun, "was killed before it began", ECANCELED};
}

} // namespace

Outcome spawn(SlotState& slot, const Spawn& what, int& pid) noexcept {
  pid = -1;
  if (what.run.argv.count == 0 || !spread(what.run.argv, argv) || !spread(what.run.env, envp)) {
    return {"arguments", "", E2BIG};
  }
  make_plan(slot, what);
  const Outcome offered = take_program_score(slot.oom_score);
  if (offered.failed()) {
    return offered;
  }
  // To be born in a control group takes the rights of init's own id over it, which its file system
  // id gave up.
  const bool born_in_group = what.run.own_group == wire::OwnGroup::born;
  const bool as_init = born_in_group && !slot.shared_uid;
  if (as_init) {
    ::setfsuid(0);
  }
  const long cloned =
      clone_vfork(become_program, &plan, born_in_group ? what.given.group() : -1, slot.token);
  const Outcome outcome = check(cloned, "clone program");
  // It does not report failure; asking again returns the id in force.
  if (as_init && ((::setfsuid(program_id), ::setfsuid(static_cast<uid_t>(-1))) !=
                      static_cast<int>(program_id) ||
                  stay_undumpable().failed())) {
    ::_exit(1); // rather than touch the program's files with other rights
  }
  if (outcome.failed()) {
    return outcome;
  }
  pid = static_cast<int>(cloned);
  return plan.failure;
}

} // namespace sandbox::init
