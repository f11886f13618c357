#include <catch2/catch.hpp>

#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/sha256.h"
#include "lib/doc/read.h"
#include "lib/image/oci.h"
#include "lib/image/program.h"
#include "lib/image/tar.h"
#include "lib/testkit/temp_dir.h"

using namespace weft;

namespace {

// A 64-bit program for x86-64 with one segment of the given type.
std::string program_with(unsigned char segment) {
  std::string bytes(64 + 56, '\0');
  bytes.replace(0, 6,
                std::string_view("\x7f"
                                 "ELF\2\1",
                                 6));
  bytes[18] = 62;
  bytes[32] = 64;
  bytes[54] = 56;
  bytes[56] = 1;
  bytes[64] = static_cast<char>(segment);
  return bytes;
}

constexpr unsigned char kLoad = 1, kInterpreter = 3;
constexpr const char* kName = "weft.local/weft:0.1.0";

image::Image made() {
  return image::make_image(program_with(kLoad), "weft", kName, "0.1.0").value();
}

}  // namespace

TEST_CASE("a program is static when it names no loader") {
  CHECK(image::inspect_program(program_with(kLoad), "p")->is_static);
  CHECK(image::inspect_program(program_with(kLoad), "p")->architecture == "amd64");
  CHECK_FALSE(image::inspect_program(program_with(kInterpreter), "p")->is_static);
}

TEST_CASE("what is no program of Linux is refused, however it is cut") {
  const std::string whole = program_with(kLoad);
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(image::inspect_program(whole.substr(0, size), "p").ok());
  std::string far = whole;
  far.replace(32, 8, "\xff\xff\xff\xff\xff\xff\xff\xff");
  CHECK_FALSE(image::inspect_program(far, "p").ok());
  std::string other = whole;
  other[18] = 40;
  CHECK(image::inspect_program(other, "p").error().message ==
        "p is for a processor that images have no name for");
}

TEST_CASE("an archive is whole blocks whose headers add up") {
  const std::string bytes = image::Tar().folder("d").file("d/f", "hello", 0755).take();
  REQUIRE(bytes.size() == 5 * 512);
  const std::string header = bytes.substr(512, 512);
  CHECK(header.substr(0, 4) == std::string("d/f\0", 4));
  CHECK(header.substr(100, 7) == "0000755");
  CHECK(header.substr(124, 11) == "00000000005");
  CHECK(header.substr(257, 5) == "ustar");
  unsigned sum = 0;
  for (std::size_t i = 0; i < header.size(); ++i)
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
  CHECK(std::stoul(header.substr(148, 6), nullptr, 8) == sum);
  CHECK(bytes.substr(1024, 5) == "hello");
}

TEST_CASE("an image names every part by its digest") {
  const testkit::TempDir folder;
  const image::Image image = made();
  REQUIRE(image::write_layout(image, folder.path() + "/out").ok());
  REQUIRE(image::write_layout(image, folder.path() + "/out").ok());  // its own may be replaced
  const auto file = [&](const std::string& name) {
    return base::read_file(folder.path() + "/out/" + name).value();
  };
  const auto blob = [&](const doc::Value& descriptor) {
    const std::string digest(descriptor.find("digest")->string());
    const std::string content = file("blobs/sha256/" + digest.substr(7));
    CHECK("sha256:" + base::sha256_hex(content) == digest);
    CHECK(descriptor.find("size")->integer() == static_cast<std::int64_t>(content.size()));
    return content;
  };
  const auto json = [](std::string text) {
    return doc::read_json(doc::Source("image", std::move(text))).value().root;
  };
  CHECK(json(file("oci-layout")).find("imageLayoutVersion")->string() == "1.0.0");
  const doc::Value entry = json(file("index.json")).find("manifests")->items()[0];
  CHECK(entry.find("digest")->string() == image.digest);
  CHECK(entry.find("annotations")->find("io.containerd.image.name")->string() == kName);
  const doc::Value manifest = json(blob(entry));
  const doc::Value config = json(blob(*manifest.find("config")));
  const doc::Value& layer = manifest.find("layers")->items()[0];
  CHECK(blob(layer) == image::Tar().file("weft", program_with(kLoad), 0755).take());
  CHECK(config.find("rootfs")->find("diff_ids")->items()[0].string() ==
        layer.find("digest")->string());
  CHECK(config.find("architecture")->string() == "amd64");
  CHECK(config.find("config")->find("Entrypoint")->items()[0].string() == "/weft");
}

TEST_CASE("the same program gives the same archive") {
  const testkit::TempDir folder;
  REQUIRE(image::write_archive(made(), folder.path() + "/a.tar").ok());
  REQUIRE(image::write_archive(made(), folder.path() + "/b.tar").ok());
  CHECK(base::read_file(folder.path() + "/a.tar").value() ==
        base::read_file(folder.path() + "/b.tar").value());
}

TEST_CASE("what cannot become an image is refused with what would") {
  const auto refused = [](std::string program, std::string_view name) {
    return image::make_image(std::move(program), "weft", name, "1").error();
  };
  CHECK(refused(program_with(kInterpreter), kName).remedy.find("static") != std::string::npos);
  for (const char* name : {"", "weft", "weft:1", "/weft:1", "host/:1", "host/weft:", "host/weft",
                           "host/Weft:1", "host/w eft:1", "host:5000/weft"})
    CHECK(refused(program_with(kLoad), name).code == base::ExitCode::usage);
  CHECK(image::make_image(program_with(kLoad), "weft", "host:5000/a/weft:v1", "1").ok());

  const testkit::TempDir folder;
  REQUIRE(base::write_file(folder.path() + "/mine", "x").ok());
  CHECK(image::write_layout(made(), folder.path()).error().code == base::ExitCode::usage);
}
