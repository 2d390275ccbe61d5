// SPDX-License-Identifier: Apache-2.0
#include "docker/init_volume.hpp"

#include "digest/sha256.hpp"
#include "docker/archive.hpp"
#include "docker/container.hpp"
#include "docker/owner.hpp"
#include "embedded_init/embedded_init.hpp"

#include <nlohmann/json.hpp>

namespace sandbox::docker {
namespace {

constexpr std::chrono::minutes filler_life{10};

std::string content_hash() {
  constexpr std::size_t digits_in_name = 24;
  return digest::to_hex(digest::sha256(embedded_init())).substr(0, digits_in_name);
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
