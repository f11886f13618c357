#include "cmd/validate/inputs.h"

#include <filesystem>
#include <istream>
#include <ostream>

#include "cmd/validate/patterns.h"
#include "lib/base/cpus.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/lifecycle/values.h"
#include "lib/rules/files.h"
#include "lib/rules/live_kinds.h"
#include "lib/rules/objects.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

void add_objects(const kube::Objects& objects, std::string_view origin,
                 std::vector<doc::Manifests>& out) {
  for (const kube::Object& object : objects) out.push_back(rules::manifests_of(object, origin));
}

void merge(doc::Value& into, doc::Value from) {
  if (!into.is_map() || !from.is_map()) {
    into = std::move(from);
    return;
  }
  for (doc::Member& member : from.members()) {
    if (doc::Value* known = into.find(member.key))
      merge(*known, std::move(member.value));
    else
      into.set(member.key, std::move(member.value));
  }
}

// As helm has it: later files go over earlier ones, --set over all of them.
Result<doc::Value> values_of(const InputFlags& flags) {
  doc::Value values = doc::Value::map();
  for (const std::string& file : flags.values) {
    WEFT_TRY(text, base::read_file(file));
    WEFT_TRY(document, doc::read(doc::Source(file, std::move(text))));
    if (document.root.is_null()) continue;
    if (!document.root.is_map())
      return document.error(document.root.position(), "values must be a map, as in values.yaml");
    merge(values, std::move(document.root));
  }
  for (const std::string& text : flags.set) {
    WEFT_TRY(given, lifecycle::parse_set(text));
    for (lifecycle::Assignment& one : given)
      WEFT_CHECK(lifecycle::set_path(values, one.path, std::move(one.value)));
  }
  return values;
}

std::string origin_of(std::string_view what, const std::string& path) {
  const auto name = std::filesystem::path(path).lexically_normal();
  return fmt::format("{} {}", what, name.filename().empty() ? path : name.filename().string());
}

bool is_kustomization(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename();
  return name == "kustomization.yaml" || name == "kustomization.yml";
}

Error too_large(std::string_view what) {
  return {ExitCode::input,
          fmt::format("{} larger than {}", what,
                      base::format_size(static_cast<double>(kMostInputBytes))),
          "check the input in parts"};
}

Result<std::string> read_stream(std::istream& in) {
  std::string text;
  char buffer[65536];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostInputBytes) return too_large("standard input is");
  }
  return text;
}

Result<void> read_files(Context& context, const InputFlags& flags, Input& out) {
  std::vector<std::string> paths = flags.paths;
  const bool other = flags.cluster || !flags.charts.empty() || !flags.kustomizations.empty();
  if (paths.empty() && !other) paths.emplace_back(".");
  WEFT_TRY(names, rules::manifest_files(paths));
  std::vector<doc::Manifests> untouched;  // by --fix
  std::uint64_t bytes = 0;
  const unsigned workers = base::cpus().usable;
  for (const std::string& name : names) {
    if (is_kustomization(name) && !context.quiet)
      context.err << fmt::format("note: the files of {} are read as they are; -k builds them\n",
                                 name);
    WEFT_TRY(source, read_source(context, name));
    bytes += source.text().size();
    if (bytes > kMostInputBytes) return too_large("the files together are");
    auto manifests = doc::read_manifests(std::move(source), {}, workers);
    const bool rendered = is_pattern(manifests);
    if (rendered) render_pattern(context, flags, manifests);
    (name == "-" || rendered ? untouched : out.files).push_back(std::move(manifests));
  }
  out.editable = out.files.size();
  std::move(untouched.begin(), untouched.end(), std::back_inserter(out.files));
  return {};
}

Result<void> read_kustomizations(Context& context, const InputFlags& flags, Input& out) {
  if (flags.kustomizations.empty()) return {};
  WEFT_TRY(program, kube::find_kubectl(context.runner, flags.where.kubectl, &context.stop));
  kube::Kubectl kubectl(context.runner, {.program = program.path, .stop = &context.stop});
  for (const std::string& folder : flags.kustomizations) {
    WEFT_TRY(objects, kubectl.kustomize(folder));
    add_objects(objects, origin_of("kustomization", folder), out.files);
  }
  return {};
}

Result<void> read_charts(Context& context, const InputFlags& flags, Input& out) {
  if (flags.charts.empty() && (!flags.values.empty() || !flags.set.empty()))
    return Error{ExitCode::usage, "--values and --set are for charts", "add --chart CHART"};
  for (const std::string& chart : flags.charts) {
    WEFT_TRY(objects, render_chart(context, flags, chart));
    add_objects(objects, origin_of("chart", chart), out.files);
  }
  return {};
}

Result<void> read_cluster(Context& context, const InputFlags& flags, Input& out) {
  if (!flags.cluster) return {};
  WEFT_TRY(session, open_session(context, flags.where, Tools::kubectl));
  WEFT_TRY(resources,
           kube::live_resources(session.cluster(), rules::live_resources(), rules::is_mesh_group));
  WEFT_TRY(live, kube::read_live(session.cluster(), resources, flags.where.ns));
  add_objects(live.objects, "cluster", out.live);
  out.gaps = std::move(live.gaps);
  if (out.gaps.empty() || context.quiet) return {};
  for (const kube::Gap& gap : out.gaps)
    context.err << fmt::format("note: {} were not read: {}\n", gap.resource, gap.reason);
  context.err << "note: what is absent may be among them: such findings are partial\n";
  return {};
}

}  // namespace

Result<doc::Source> read_source(Context& context, const std::string& path) {
  if (path == "-") {
    WEFT_TRY(text, read_stream(context.in));
    return doc::Source("<stdin>", std::move(text));
  }
  WEFT_TRY(text, base::read_file(path, kMostInputBytes));
  return doc::Source(path, std::move(text));
}

Result<kube::Objects> render_chart(Context& context, const InputFlags& flags,
                                   const std::string& chart) {
  WEFT_TRY(program, kube::find_helm(context.runner, flags.where.helm, &context.stop));
  kube::HelmCli helm(
      context.runner,
      {.program = program, .home = context.env.cache_dir() + "/helm", .stop = &context.stop});
  WEFT_TRY(values, values_of(flags));
  return helm.render({.release = flags.release,
                      .ns = flags.ns(),
                      .chart = {.source = chart},
                      .values = std::move(values),
                      .include_crds = true});
}

Result<Input> read_input(Context& context, const InputFlags& flags) {
  Input out;
  WEFT_CHECK(read_files(context, flags, out));
  WEFT_CHECK(read_kustomizations(context, flags, out));
  WEFT_CHECK(read_charts(context, flags, out));
  WEFT_CHECK(read_cluster(context, flags, out));
  return out;
}

std::vector<cli::Flag> with_input_flags(InputFlags& f, std::vector<cli::Flag> flags) {
  const auto add = [&flags](cli::Flag&& flag) { flags.push_back(std::move(flag).in("Input")); };
  add(cli::flag("--cluster", f.cluster, "judge the live objects; with files, what they would do"));
  add(cli::flag("--chart", f.charts, "a chart, rendered by helm: folder, archive or oci://")
          .takes("CHART"));
  add(cli::flag("--values", f.values, "values for the charts; later files win").takes("FILE"));
  add(cli::flag("--set", f.set, "a value for the charts").takes("KEY=VALUE"));
  add(cli::flag("--release", f.release, "name of the release that charts are rendered for")
          .takes("NAME"));
  add(cli::flag("--mesh", f.mesh, "the mesh that mesh-agnostic types of patterns are made for")
          .takes("ID[@VERSION]"));
  add(cli::flag("--allow-loss", f.allow_loss,
                "leave out what that mesh cannot express, instead of an error"));
  add(cli::flag("--var", f.vars, "a variable of the patterns").takes("NAME=VALUE"));
  add(cli::flag("--kustomize", f.kustomizations, "a folder that kubectl builds first")
          .as('k')
          .takes("DIR"));
  auto all = with_cluster_flags(f.where, std::move(flags));
  for (cli::Flag& flag : all)
    if (flag.name == "--namespace")
      flag.help = "namespace of objects that name none, and to read when others are forbidden";
  return all;
}

}  // namespace weft::cmd
