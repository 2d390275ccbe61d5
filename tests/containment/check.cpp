// SPDX-License-Identifier: Apache-2.0
#include "containment/check.hpp"

namespace containment {

Check::Check(std::string id_, std::string title_, std::vector<std::string> attack_)
    : id(std::move(id_)), title(std::move(title_)), attack(std::move(attack_)),
      control_attack(attack) {}

Check::Check(std::string id_, std::string title_, Body body_, Control control_)
    : id(std::move(id_)), title(std::move(title_)), body(std::move(body_)),
      custom_control(std::move(control_)) {}

Check&& Check::errors(std::string step, std::set<std::string> names) && {
  expected_errors[std::move(step)] = std::move(names);
  return std::move(*this);
}

Check&& Check::errors(const std::vector<std::string>& steps,
                      const std::set<std::string>& names) && {
  for (const std::string& step : steps) {
    expected_errors[step] = names;
  }
  return std::move(*this);
}

Check&& Check::verdict(std::set<sandbox::Verdict> right) && {
  verdicts = std::move(right);
  return std::move(*this);
}

Check&& Check::with(Change change_) && {
  change = std::move(change_);
  return std::move(*this);
}

Check&& Check::in(sandbox::Environment environment_) && {
  environment = std::move(environment_);
  return std::move(*this);
}

Check&& Check::then(std::function<void(Trial&, const Observation&)> look_) && {
  look = std::move(look_);
  return std::move(*this);
}

Check&& Check::control(Control control_) && {
  custom_control = std::move(control_);
  return std::move(*this);
}

Check&& Check::control(std::vector<std::string> attack_) && {
  control_attack = std::move(attack_);
  return std::move(*this);
}

Check&& Check::only(Where where_) && {
  where = where_;
  return std::move(*this);
}

Check&& Check::not_runnable(std::string reason, Where where_) && {
  reasons[where_] = std::move(reason);
  return std::move(*this);
}

Check&& Check::full() && {
  needs_full = true;
  return std::move(*this);
}

Check&& Check::slow() && {
  is_slow = true;
  return std::move(*this);
}

std::string Check::why_not(const std::string& backend) const {
  for (const Where each :
       {Where::everywhere, backend == "native" ? Where::native : Where::docker}) {
    if (const auto found = reasons.find(each); found != reasons.end()) {
      return found->second;
    }
  }
  return {};
}

} // namespace containment
