// SPDX-License-Identifier: Apache-2.0
#include "queues/payload_id.hpp"

#include "job.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace worker {
namespace {

using Json = nlohmann::json;

/// Looks at nothing but the value of "id" of the outermost object.
class IdReader final : public Json::json_sax_t {
 public:
  const std::string& id() const noexcept { return id_; }

  bool null() override { return pass(); }
  bool boolean(bool) override { return pass(); }
  bool number_integer(std::int64_t value) override { return take(std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) override { return take(std::to_string(value)); }
  bool number_float(double, const std::string&) override { return pass(); }
  bool string(std::string& value) override { return take(value); }
  bool binary(Json::binary_t&) override { return pass(); }
  bool start_object(std::size_t) override { return enter(); }
  bool key(std::string& name) override {
    is_id_ = depth_ == 1 && name == "id";
    return true;
  }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

 private:
  bool pass() noexcept {
    is_id_ = false;
    return true;
  }
  bool take(const std::string& value) {
    if (is_id_) {
      id_ = value;
    }
    return pass();
  }
  bool enter() noexcept {
    ++depth_;
    return pass();
  }
  bool leave() noexcept {
    --depth_;
    return pass();
  }

  std::string id_{};
  int depth_{0};
  bool is_id_{false};
};

} // namespace

std::string id_in_payload(std::string_view payload) {
  IdReader reader;
  return Json::sax_parse(payload, &reader) && is_job_id(reader.id()) ? reader.id() : std::string();
}

} // namespace worker
