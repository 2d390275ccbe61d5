// SPDX-License-Identifier: Apache-2.0
#include "docker/init_volume.hpp"

#include "docker/archive.hpp"
#include "docker/container.hpp"
#include "docker/owner.hpp"
#include "embedded_init/embedded_init.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <openssl/sha.h>

namespace sandbox::docker {
namespace {

constexpr std::chrono::minutes filler_life{10};

std::string content_hash() {
  constexpr std::size_t bytes_in_name = 12;
  const std::string_view content = embedded_init();
  unsigned char digest[SHA256_DIGEST_LENGTH];
  ::SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest);
  std::string text;
  for (std::size_t i = 0; i < bytes_in_name; ++i) {
    text += fmt::format("{:02x}", digest[i]);
  }
  return text;
}

/// A container that only lends its mounts to the archive endpoint.
std::string filler(const std::string& image) {
  nlohmann::json mount{
      {"Type", "volume"}, {"Source", init_volume_name()}, {"Target", init_directory}};
  mount["VolumeOptions"] = {{"NoCopy", true}, {"Labels", {{init_volume_label, "1"}}}};
  return nlohmann::json{{"Image", image},
                        {"Entrypoint", {init_path}},
                        {"NetworkDisabled", true},
                        {"Labels", make_labels(filler_life)},
                        {"HostConfig", {{"NetworkMode", "none"}, {"Mounts", {mount}}}}}
      .dump();
}

} // namespace

const std::string& init_volume_name() {
  static const std::string name = "libsandbox-init-" + content_hash();
  return name;
}

void fill_init_volume(const std::shared_ptr<Remover>& remover, const std::string& image) {
  const Container container(remover, filler(image));
  Call call{Verb::put, "/containers/" + container.id() + "/archive"};
  call.query = {{"path", init_directory}};
  call.content_type = "application/x-tar";
  call.body = make_archive({{"sandbox-init", std::string(embedded_init()), 0555}});
  remover->engine().expect(call, {200});
}

} // namespace sandbox::docker
