// SPDX-License-Identifier: Apache-2.0
//
// Frames and messages, as both ends decode them: no bytes make it read beyond them, and each
// message has one encoding only.
#include "input.hpp"
#include "wire/launch.hpp"
#include "wire/messages.hpp"

namespace {

using namespace sandbox::wire;
using sandbox::fuzz::check;

template <class Message>
void decode_as(std::string_view payload) {
  Message message;
  if (!decode(payload, message)) {
    return;
  }
  Writer measure;
  message.fields(measure);
  std::string again(measure.size(), '\0');
  Writer writer(again.data(), again.size());
  message.fields(writer);
  check(writer.ok() && again == payload);
}

template <class... Message>
void decode_as_each(std::string_view payload) {
  (decode_as<Message>(payload), ...);
}

/// As init walks through the arguments of a program.
void walk(std::string_view payload) {
  Run run;
  if (!decode(payload, run)) {
    return;
  }
  const char* text = run.argv.packed.data();
  for (std::uint32_t i = 0; i < run.argv.count; ++i) {
    text += __builtin_strlen(text) + 1;
  }
  check(text == run.argv.packed.data() + run.argv.packed.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string stream(reinterpret_cast<const char*>(data), size);
  std::string_view rest = stream;
  Frame frame;
  while (next_frame(rest, frame) == Next::frame) {
    const std::string payload(frame.payload);
    decode_as_each<PutFile, Run, Kill, GetFile, ListFiles, Reset, Ready, Done, Failed, Ended, File,
                   Entry, EndOfList, Posture, InputTaken, InputClosed, SetUp, NewSlot, Accepted,
                   Launch, BoxGone, StartAhead, EndAhead, Claim>(payload);
    walk(payload);
  }
  return 0;
}
