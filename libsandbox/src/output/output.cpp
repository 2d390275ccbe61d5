// SPDX-License-Identifier: Apache-2.0
#include "os/write_all.hpp"

#include <sandbox/output.hpp>

#include <utility>

namespace sandbox {

OutputSink::~OutputSink() = default;

void NullSink::write(Stream, std::string_view) {}

DescriptorSink::DescriptorSink(int out_descriptor, int err_descriptor) noexcept
    : out_(out_descriptor), err_(err_descriptor) {}

void DescriptorSink::write(Stream stream, std::string_view bytes) {
  os::write_all(stream == Stream::standard_error ? err_ : out_, bytes);
}

CallbackSink::CallbackSink(Callback callback) : callback_(std::move(callback)) {}

void CallbackSink::write(Stream stream, std::string_view bytes) {
  callback_(stream, bytes);
}

} // namespace sandbox
