// SPDX-License-Identifier: Apache-2.0
#include "cache/entry.hpp"
#include "wire/codec.hpp"

#include <type_traits>

namespace sandbox::cache {
namespace {

/// Fields into bytes.
class Encoder {
 public:
  template <class Integer>
  requires std::is_integral_v<Integer>
  void operator()(const Integer& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void operator()(const bool& value) { (*this)(static_cast<std::uint8_t>(value)); }
  void operator()(const std::string& text) {
    (*this)(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text.c_str(), text.size() + 1);
  }
  void operator()(const std::chrono::nanoseconds& time) { (*this)(std::int64_t{time.count()}); }
  void operator()(const digest::Digest& digest) {
    bytes_.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  }
  template <class Value>
  void operator()(const std::optional<Value>& value) {
    (*this)(value.has_value());
    if (value) {
      (*this)(*value);
    }
  }
  template <class Element, class Fields>
  void list(const std::vector<Element>& elements, Fields fields) {
    (*this)(static_cast<std::uint32_t>(elements.size()));
    for (const Element& element : elements) {
      fields(element);
    }
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Bytes into fields; complete() says whether they were.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) noexcept : reader_(bytes), size_(bytes.size()) {}

  template <class Integer>
  requires std::is_integral_v<Integer>
  void operator()(Integer& value) noexcept { reader_(value); }
  void operator()(bool& value) noexcept {
    std::uint8_t byte = 0;
    reader_(byte);
    value = byte != 0;
    ok_ = ok_ && byte <= 1;
  }
  void operator()(std::string& text) {
    std::string_view found;
    reader_.bytes(found);
    text = found;
  }
  void operator()(std::chrono::nanoseconds& time) noexcept {
    std::int64_t count = 0;
    reader_(count);
    time = std::chrono::nanoseconds(count);
  }
  void operator()(digest::Digest& digest) noexcept {
    for (std::uint8_t& byte : digest) {
      reader_(byte);
    }
  }
  template <class Value>
  void operator()(std::optional<Value>& value) {
    bool present = false;
    (*this)(present);
    if (present) {
      (*this)(value.emplace());
    }
  }
  template <class Element, class Fields>
  void list(std::vector<Element>& elements, Fields fields) {
    std::uint32_t count = 0;
    reader_(count);
    ok_ = ok_ && count <= size_; // each takes a byte at least
    for (std::uint32_t i = 0; ok_ && reader_.ok() && i < count; ++i) {
      fields(elements.emplace_back());
    }
  }
  bool complete() const noexcept { return ok_ && reader_.complete(); }

 private:
  wire::Reader reader_;
  std::size_t size_;
  bool ok_{true};
};

void stream_fields(auto& field, auto& kept, auto& usage) {
  field(kept.head);
  field(kept.tail);
  field(kept.total_bytes);
  field(usage.total_bytes);
  field(usage.kept_bytes);
  field(usage.truncated);
}

void usage_fields(auto& field, auto& usage) {
  field(usage.wall_time);
  field(usage.cpu_time);
  field(usage.cpu_user);
  field(usage.cpu_system);
  field(usage.memory_peak_bytes);
  field(usage.max_rss_bytes);
  field(usage.processes_peak);
  field(usage.voluntary_switches);
  field(usage.involuntary_switches);
  field(usage.disk_used_bytes);
  field(usage.scratch_used_bytes);
}

/// Of a stage that ended ok: verdict, signal and evidence are what they then are.
void stage_fields(auto& field, auto& stage) {
  auto& result = stage.result;
  field(result.exit_code);
  field(result.backend);
  field(result.leftover_processes);
  usage_fields(field, result.usage);
  stream_fields(field, stage.standard_output, result.usage.standard_output);
  stream_fields(field, stage.standard_error, result.usage.standard_error);
  field.list(result.touched, [&](auto& touched) {
    field(touched.limit);
    field(touched.times);
  });
  field.list(result.guarantees, [&](auto& guarantee) {
    field(guarantee.name);
    field(guarantee.in_force);
    field(guarantee.detail);
  });
}

void head_fields(auto& field, auto& head) {
  field(head.key);
  stage_fields(field, head.stage);
  field.list(head.files, [&](auto& file) {
    field(file.path);
    field(file.size);
    field(file.executable);
    field(file.digest);
  });
}

} // namespace

std::string encode(const Head& head) {
  Encoder encoder;
  head_fields(encoder, head);
  return encoder.take();
}

Head decode(std::string_view bytes) {
  Head head;
  head.stage.stage = Stage::compile;
  Decoder decoder(bytes);
  head_fields(decoder, head);
  if (!decoder.complete()) {
    throw DamagedEntry("its head is not one");
  }
  return head;
}

} // namespace sandbox::cache
