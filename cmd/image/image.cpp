#include "cmd/image/image.h"

#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/results.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/version.h"
#include "lib/image/oci.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr const char* kSelf = "/proc/self/exe";

struct Options {
  std::string folder;
  std::string archive;
  std::string binary;
  std::string name = image::default_name();
};

Result<ExitCode> export_image(Context& context, const Options& options) {
  if (options.folder.empty() && options.archive.empty())
    return Error{ExitCode::usage, "nothing says where the image should go",
                 "--archive weft.tar, or --oci FOLDER"};
  const std::string path = options.binary.empty() ? kSelf : path_in(context, options.binary);
  WEFT_TRY(program, base::read_file(path));
  WEFT_TRY(image, image::make_image(std::move(program),
                                    options.binary.empty() ? "this weft" : options.binary,
                                    options.name, base::build_info().version));
  if (!options.folder.empty())
    WEFT_CHECK(image::write_layout(image, path_in(context, options.folder)));
  if (!options.archive.empty())
    WEFT_CHECK(image::write_archive(image, path_in(context, options.archive)));
  if (is_structured(context)) {
    doc::Value document;
    document.set("schema", "weft.image/v1").set("name", image.name).set("digest", image.digest);
    document.set("architecture", image.architecture);
    return print(context, document);
  }
  context.out << fmt::format("{}  {}  linux/{}\n", image.name, image.digest, image.architecture);
  if (!context.quiet && !options.archive.empty())
    context.err << fmt::format(
        "next    kind load image-archive {0}   ctr -n k8s.io images import "
        "{0}   docker load -i {0}\n",
        options.archive);
  return ExitCode::done;
}

cli::Command export_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "export",
      .summary = "Write weft as a container image, without a container engine",
      .description =
          "The image holds one file, a static weft, and starts `weft serve` as a user without "
          "rights. The same program gives the same digest. Where no registry can be reached, "
          "load the archive onto the nodes.",
      .examples = {{"weft image export --archive weft.tar", "for kind, ctr, podman and docker"},
                   {"weft image export --oci out --binary build/release/static/weft",
                    "an OCI layout, for skopeo and crane"}},
      .flags = {cli::flag("--archive", options->archive, "write an archive that engines can load")
                    .takes("FILE"),
                cli::flag("--oci", options->folder, "write an OCI image layout into this folder")
                    .takes("FOLDER"),
                cli::flag("--name", options->name, "name of the image").takes("HOST/PATH:TAG"),
                cli::flag("--binary", options->binary, "static weft to put in")
                    .takes("FILE")
                    .defaults_to("this one")},
      .exit_notes = {{ExitCode::input, "the program is not static, or none for Linux"}},
      .run = [options](Context& context) { return export_image(context, *options); }};
}

}  // namespace

cli::Command image_command() {
  return {.name = "image",
          .summary = "The container image that runs weft in pods",
          .examples = {{"weft image export --archive weft.tar", "make it"}},
          .commands = {export_command()},
          .heading = "Services"};
}

}  // namespace weft::cmd
