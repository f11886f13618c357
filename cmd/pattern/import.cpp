#include <iterator>
#include <memory>
#include <ostream>

#include "cmd/cluster_context.h"
#include "cmd/output.h"
#include "cmd/pattern/pattern.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/compile/lift.h"
#include "lib/doc/write.h"
#include "lib/kube/object.h"
#include "lib/pattern/planning/live_import.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

constexpr std::uint64_t kMaxFileBytes = 64u << 20;

struct Options {
  std::vector<std::string> files;
  ClusterFlags cluster;
  std::string from;
  std::string version;
  std::string name;
};

Result<kube::Objects> read_files(Context& context, const std::vector<std::string>& files) {
  kube::Objects objects;
  for (const auto& file : files) {
    std::string text;
    if (file == "-") {
      text.assign(std::istreambuf_iterator<char>(context.in), {});
    } else {
      WEFT_TRY(read, base::read_file(file, kMaxFileBytes));
      text = std::move(read);
    }
    WEFT_TRY(more,
             kube::read_objects(doc::Source(file == "-" ? "<stdin>" : file, std::move(text))));
    for (auto& object : more) objects.push_back(std::move(object));
  }
  return objects;
}

Result<compile::Lifted> lift(Context& context, const Options& options) {
  const compile::Target from{
      .mesh = options.from, .version = options.version, .serves = {}, .allow_loss = false};
  if (options.files.empty() == options.cluster.ns.empty())
    return base::Error{ExitCode::usage, "import takes either files or --namespace",
                       "weft pattern import FILE, or weft pattern import --namespace NAME"};
  if (!options.files.empty()) {
    WEFT_TRY(objects, read_files(context, options.files));
    return compile::lift(objects, from);
  }
  WEFT_TRY(session, open_session(context, options.cluster, Tools::kubectl));
  WEFT_TRY(found, pattern::import_live(session.cluster(), options.cluster.ns, from));
  if (!context.quiet)
    for (const kube::Gap& gap : found.gaps)
      context.err << fmt::format("note: {} were not read: {}\n", gap.resource, gap.reason);
  return std::move(found.lifted);
}

Result<ExitCode> run(Context& context, const Options& options) {
  WEFT_TRY(lifted, lift(context, options));
  if (!context.quiet)
    for (const auto& loss : lifted.losses) context.err << fmt::format("lost: {}\n", loss);
  std::string name = options.name.empty() ? options.cluster.ns : options.name;
  if (name.empty()) name = "imported";
  const doc::Value pattern = compile::pattern_of(lifted, name);
  context.out << (context.output == Output::json ? doc::write_json(pattern) + "\n"
                                                 : doc::write_yaml(pattern));
  return ExitCode::done;
}

}  // namespace

cli::Command pattern_import_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "import",
      .summary = "Make a pattern from the resources of a mesh",
      .description =
          "Resources of a mesh become types that name no mesh, so that weft pattern render "
          "writes them for another one. What has no counterpart is listed on standard error. Of "
          "files, objects that are of no mesh are kept as they are; of a live namespace only what "
          "is of a mesh is read.",
      .examples = {{"weft pattern import osm.yaml > shop.yaml", "from Open Service Mesh or SMI"},
                   {"weft pattern import --namespace shop > shop.yaml", "from a cluster"},
                   {"weft pattern render shop.yaml --mesh istio", "and on to Istio"}},
      .arguments =
          {cli::argument("FILE", options->files, "manifests, or - for standard input").optional()},
      .flags = with_cluster_flags(
          options->cluster,
          {cli::flag("--from", options->from, "the mesh they are of; found out when not said")
               .takes("MESH"),
           cli::flag("--from-version", options->version, "its release").takes("VERSION"),
           cli::flag("--name", options->name,
                     "name of the pattern (default: of the namespace, or imported)")
               .takes("NAME")}),
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
