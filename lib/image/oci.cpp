#include "lib/image/oci.h"

#include <algorithm>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/sha256.h"
#include "lib/base/version.h"
#include "lib/doc/write.h"
#include "lib/image/program.h"
#include "lib/image/tar.h"

namespace weft::image {
namespace {

using base::Error;
using base::ExitCode;
using doc::Value;

constexpr std::string_view kLayout = "{\"imageLayoutVersion\":\"1.0.0\"}";

std::string blob_path(const Blob& blob) { return "blobs/sha256/" + blob.hex; }

Blob blob_of(std::string content) {
  std::string hex = base::sha256_hex(content);
  return {std::move(hex), std::move(content)};
}

Value list_of(std::initializer_list<std::string_view> texts) {
  Value list = Value::list();
  for (const std::string_view text : texts) list.push(text);
  return list;
}

Value descriptor(const Blob& blob, std::string_view type) {
  Value out;
  out.set("mediaType", fmt::format("application/vnd.oci.image.{}", type))
      .set("digest", "sha256:" + blob.hex)
      .set("size", static_cast<std::int64_t>(blob.content.size()));
  return out;
}

Value one(Value value) {
  Value list = Value::list();
  list.push(std::move(value));
  return list;
}

Value configuration(const Program& program, const Blob& layer, std::string_view version) {
  Value labels;
  labels.set("org.opencontainers.image.title", "weft")
      .set("org.opencontainers.image.version", version);
  Value ports;
  ports.set("9091/tcp", Value::map());
  Value config;
  config.set("User", "65532:65532")
      .set("ExposedPorts", std::move(ports))
      .set("Entrypoint", list_of({"/weft"}))
      .set("Cmd", list_of({"serve"}))
      .set("Labels", std::move(labels));
  Value layers;
  layers.set("type", "layers").set("diff_ids", list_of({"sha256:" + layer.hex}));
  Value out;
  out.set("architecture", program.architecture)
      .set("os", "linux")
      .set("config", std::move(config))
      .set("rootfs", std::move(layers));
  return out;
}

// host[:port]/path:tag as container engines take it; letters are small.
bool is_name(std::string_view name) {
  const auto colon = name.rfind(':');
  const auto slash = name.rfind('/');
  if (colon == std::string_view::npos || slash == std::string_view::npos || colon < slash ||
      slash == 0 || colon == slash + 1 || colon + 1 == name.size() || name.size() > 255)
    return false;
  return std::ranges::all_of(name.substr(0, colon),
                             [](char c) {
                               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                                      std::string_view("./_-:").find(c) != std::string_view::npos;
                             }) &&
         std::ranges::all_of(name.substr(colon + 1), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("._-").find(c) != std::string_view::npos;
         });
}

std::string index_of(const Image& image, const Blob& manifest) {
  Value platform;
  platform.set("architecture", image.architecture).set("os", "linux");
  Value annotations;
  annotations.set("io.containerd.image.name", image.name)
      .set("org.opencontainers.image.ref.name", image.name.substr(image.name.rfind(':') + 1));
  Value entry = descriptor(manifest, "manifest.v1+json");
  entry.set("platform", std::move(platform)).set("annotations", std::move(annotations));
  Value index;
  index.set("schemaVersion", std::int64_t{2})
      .set("mediaType", "application/vnd.oci.image.index.v1+json")
      .set("manifests", one(std::move(entry)));
  return doc::write_json(index, 0);
}

std::string docker_manifest(const Image& image, const Blob& layer, const Blob& config) {
  Value entry;
  entry.set("Config", blob_path(config))
      .set("RepoTags", list_of({image.name}))
      .set("Layers", list_of({blob_path(layer)}));
  return doc::write_json(one(std::move(entry)), 0);
}

// Nothing of somebody else's is written over.
base::Result<void> check_folder(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  if (fs::exists(folder + "/oci-layout", error)) return {};
  if (fs::is_directory(folder, error) && fs::is_empty(folder, error) && !error) return {};
  return Error{ExitCode::usage, fmt::format("{} holds something else than an image", folder),
               "name a folder that is new, empty, or an image layout"};
}

}  // namespace

std::string default_name() { return fmt::format("weft.local/weft:{}", base::build_info().version); }

base::Result<Image> make_image(std::string program, std::string_view path, std::string_view name,
                               std::string_view version) {
  WEFT_TRY(facts, inspect_program(program, path));
  if (!facts.is_static)
    return Error{ExitCode::input,
                 fmt::format("{} needs the libraries of a distribution and would not start in an "
                             "image without any",
                             path),
                 "give a static weft with --binary; scripts/build.sh release makes "
                 "build/release/static/weft"};
  if (!is_name(name))
    return Error{ExitCode::usage, fmt::format("'{}' is not the name of an image", name),
                 "HOST/PATH:TAG, as in registry.example.com/weft:1.0"};
  Image image{.name = std::string(name),
              .architecture = facts.architecture,
              .digest = {},
              .blobs = {},
              .index = {},
              .docker = {}};
  Blob layer = blob_of(Tar().file("weft", program, 0755).take());
  Blob config = blob_of(doc::write_json(configuration(facts, layer, version), 0));
  Value manifest;
  manifest.set("schemaVersion", std::int64_t{2})
      .set("mediaType", "application/vnd.oci.image.manifest.v1+json")
      .set("config", descriptor(config, "config.v1+json"))
      .set("layers", one(descriptor(layer, "layer.v1.tar")));
  Blob listed = blob_of(doc::write_json(manifest, 0));
  image.digest = "sha256:" + listed.hex;
  image.index = index_of(image, listed);
  image.docker = docker_manifest(image, layer, config);
  image.blobs = {std::move(layer), std::move(config), std::move(listed)};
  return image;
}

base::Result<void> write_layout(const Image& image, const std::string& folder) {
  WEFT_CHECK(check_folder(folder));
  for (const Blob& blob : image.blobs)
    WEFT_CHECK(base::write_file(folder + '/' + blob_path(blob), blob.content));
  WEFT_CHECK(base::write_file(folder + "/oci-layout", kLayout));
  return base::write_file(folder + "/index.json", image.index);
}

base::Result<void> write_archive(const Image& image, const std::string& path) {
  Tar tar;
  tar.file("oci-layout", kLayout).folder("blobs").folder("blobs/sha256");
  for (const Blob& blob : image.blobs) tar.file(blob_path(blob), blob.content);
  tar.file("index.json", image.index).file("manifest.json", image.docker);
  return base::write_file(path, tar.take());
}

}  // namespace weft::image
