// SPDX-License-Identifier: Apache-2.0
//
// The stream between supervisor and init: no bytes may make either end read beyond them.
#include "wire/launch.hpp"
#include "wire/messages.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace sandbox::wire;

template <class... Message>
void decode_as_each(std::string_view payload) {
  (
      [&] {
        Message message;
        if (decode(payload, message)) {
          Writer measure;
          message.fields(measure);
          std::string again(measure.size(), '\0');
          Writer writer(again.data(), again.size());
          message.fields(writer);
        }
      }(),
      ...);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A copy of its very size, so that a read beyond the end is seen.
  const std::string stream(reinterpret_cast<const char*>(data), size);
  std::string_view rest = stream;
  Frame frame;
  while (next_frame(rest, frame) == Next::frame) {
    const std::string payload(frame.payload);
    decode_as_each<PutFile, Run, Kill, GetFile, ListFiles, Reset, Ready, Done, Failed, Ended, File,
                   Entry, EndOfList, Posture, InputTaken, InputClosed, SetUp, NewSlot, Accepted,
                   Launch, BoxGone>(payload);
  }
  return 0;
}
