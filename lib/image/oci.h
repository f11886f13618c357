// An image whose only file is a static weft: what runs in pods, made without a container engine.
// The same program gives the same bytes. (OCI Image Layout and Image Format 1.0; manifest.json is
// what `docker load` reads.)
//
//   WEFT_TRY(image, make_image(bytes, "weft", "weft.local/weft:0.1.0"));
//   WEFT_CHECK(write_layout(image, "out"));          // a folder: oci-layout, index.json, blobs/
//   WEFT_CHECK(write_archive(image, "weft.tar"));    // ctr, kind, nerdctl, podman and docker load
//   it
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace weft::image {

struct Blob {
  std::string hex;  // its SHA-256; it stands in blobs/sha256/
  std::string content;
};

struct Image {
  std::string name;          // "weft.local/weft:0.1.0"
  std::string architecture;  // "amd64"
  std::string digest;        // of the manifest, "sha256:..."
  std::vector<Blob> blobs;   // layer, configuration, manifest
  std::string index;         // index.json
  std::string docker;        // manifest.json of `docker load`
};

// What this version's image is called where nobody gives a name: "weft.local/weft:0.1.0".
std::string default_name();

// The image starts `weft serve` as user 65532 unless told otherwise. `path` names the program in
// errors. Errors: no program for Linux, one that is not static, a name that is none.
base::Result<Image> make_image(std::string program, std::string_view path, std::string_view name,
                               std::string_view version);

// Into a folder that is missing, empty or holds a layout already, whose index is replaced.
base::Result<void> write_layout(const Image& image, const std::string& folder);
base::Result<void> write_archive(const Image& image, const std::string& path);

}  // namespace weft::image
