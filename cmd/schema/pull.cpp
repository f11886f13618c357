#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/schema/schema.h"
#include "cmd/validate/inputs.h"
#include "cmd/validate/schemas.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"
#include "lib/kube/crds.h"
#include "lib/rules/files.h"
#include "lib/schema/descriptions.h"
#include "lib/schema/location.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

Result<kube::Objects> definitions(Context& context, const InputFlags& flags) {
  if (flags.paths.empty() && flags.charts.empty()) {
    WEFT_TRY(session, open_session(context, flags.where, Tools::kubectl));
    return session.cluster().list({.resource = "customresourcedefinitions.apiextensions.k8s.io"});
  }
  kube::Objects all;
  const auto take = [&all](const kube::Objects& objects) {
    std::ranges::move(kube::crds_among(objects), std::back_inserter(all));
  };
  WEFT_TRY(names, rules::manifest_files(flags.paths));
  for (const std::string& name : names) {
    WEFT_TRY(source, read_source(context, name));
    WEFT_TRY(objects, kube::read_objects(std::move(source)));
    take(objects);
  }
  for (const std::string& chart : flags.charts) {
    WEFT_TRY(objects, render_chart(context, flags, chart));
    take(objects);
  }
  return all;
}

// Where it is stored; what nobody reads later is left out.
Result<std::string> store(const std::string& folder, const kube::Object& definition) {
  const schema::KindName name{std::string(kube::text_at(definition, {"spec", "group"})), "",
                              std::string(kube::text_at(definition, {"spec", "names", "kind"}))};
  const auto path = schema::expand(fmt::format("{}/{}", folder, schema::kCacheLayout), name);
  if (name.group.empty() || !path)
    return Error{ExitCode::input,
                 fmt::format("{} names no group or kind", kube::ref_of(definition).text()),
                 "spec.group and spec.names.kind are required"};
  doc::Value kept = kube::stub_of(kube::ref_of(definition));
  kept.set("spec", schema::without_descriptions(*kube::at(definition, {"spec"})));
  WEFT_CHECK(base::write_file(*path, doc::write_json(kept, 0)));
  return *path;
}

Result<ExitCode> pull(Context& context, const InputFlags& flags) {
  WEFT_TRY(found, definitions(context, flags));
  if (found.empty())
    return Error{ExitCode::input, "there is no custom resource definition",
                 "name files, folders or --chart that hold some"};
  doc::Value stored = doc::Value::list();
  for (const kube::Object& definition : found) {
    WEFT_TRY(path, store(schema_cache(context), definition));
    stored.push(doc::Value::map().set("name", kube::name_of(definition)).set("file", path));
    if (context.output == Output::name) context.out << kube::name_of(definition) << '\n';
  }
  if (is_structured(context)) {
    doc::Value document;
    document.set("schema", "weft.schema-pull/v1").set("definitions", std::move(stored));
    return print(context, document);
  }
  if (context.output != Output::name)
    context.out << fmt::format("stored {} in {}\n", base::plural(found.size(), "definition"),
                               schema_cache(context));
  return ExitCode::done;
}

}  // namespace

cli::Command schema_pull_command() {
  auto flags = std::make_shared<InputFlags>();
  return {
      .name = "pull",
      .summary = "Store the custom resource definitions of a cluster, of charts or of files",
      .description =
          "Later runs of weft validate judge objects by them, without a cluster. What was stored "
          "for the same kind before is replaced; deleting the folder forgets everything.",
      .examples = {{"weft schema pull", "of the cluster"},
                   {"weft schema pull --chart charts/istio/base", ""},
                   {"weft schema pull crds/ gateway-api.yaml", ""}},
      .arguments = {cli::argument("PATH", flags->paths, "files or folders (default: the cluster)")
                        .optional()},
      .flags = with_cluster_flags(flags->where,
                                  {cli::flag("--chart", flags->charts,
                                             "a chart, rendered by helm: folder, archive or oci://")
                                       .takes("CHART")}),
      .exit_notes = {{ExitCode::input, "there is no definition"},
                     {ExitCode::cluster, "the cluster cannot be reached or lets nobody in"},
                     {ExitCode::tool, "kubectl or helm is missing, or a chart does not render"}},
      .run = [flags](Context& context) { return pull(context, *flags); }};
}

}  // namespace weft::cmd
