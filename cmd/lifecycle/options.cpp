#include "cmd/lifecycle/options.h"

#include "cmd/lifecycle/operation.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

// "@FILE" is what stands in the file, so that secrets need not stand on a command line.
Result<std::string> content_of(const std::string& text) {
  if (!text.starts_with('@')) return text;
  WEFT_TRY(content, base::read_file(text.substr(1)));
  return std::string(base::trim(content));
}

Result<std::map<std::string, std::string>> inputs_of(const std::vector<std::string>& given) {
  std::map<std::string, std::string> out;
  for (const std::string& one : given) {
    const auto equals = one.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error{ExitCode::usage, fmt::format("'{}' is no input", one), "--input name=value"};
    WEFT_TRY(value, content_of(one.substr(equals + 1)));
    out[one.substr(0, equals)] = value;
  }
  return out;
}

// "[STEP=]FILE"
Result<lifecycle::GivenValues> values_of(const mesh::Mesh& mesh, const std::string& given) {
  lifecycle::GivenValues out;
  std::string file = given;
  const auto equals = given.find('=');
  if (equals != std::string::npos && mesh.step(given.substr(0, equals)) != nullptr) {
    out.step = given.substr(0, equals);
    file = given.substr(equals + 1);
  }
  WEFT_TRY(text, base::read_file(file));
  WEFT_TRY(document, doc::read(doc::Source{file, std::move(text)}));
  if (!document.root.is_map() && !document.root.is_null())
    return document.error(document.root.position(), "values must be a map, as in values.yaml");
  out.values = document.root.is_map() ? std::move(document.root) : doc::Value::map();
  return out;
}

void remember(lifecycle::Order& order, const lifecycle::Record& record) {
  order.request.mode = record.mode;
  order.request.profile = record.profile;
  order.request.features = record.features;
  order.registry = record.registry;
  if (record.values.is_map())
    for (const auto& member : record.values.members())
      order.values.push_back({member.key, member.value});
}

}  // namespace

Result<lifecycle::Order> order_of(const InstallOptions& options, const mesh::Mesh& mesh,
                                  const std::optional<lifecycle::Record>& record,
                                  const std::string& cache) {
  lifecycle::Order order;
  if (record && !options.reset_values) remember(order, *record);
  order.version = options.version;
  if (!options.mode.empty()) order.request.mode = options.mode;
  if (!options.profile.empty()) order.request.profile = options.profile;
  for (const std::string& list : options.features)
    for (std::string_view feature : base::split(list, ','))
      order.request.features.emplace_back(feature);
  if (!options.registry.empty()) order.registry = options.registry;
  for (const std::string& file : options.values) {
    WEFT_TRY(given, values_of(mesh, file));
    order.values.push_back(std::move(given));
  }
  for (const std::string& text : options.set) {
    WEFT_TRY(given, lifecycle::parse_given(mesh, text));
    order.values.push_back(std::move(given));
  }
  WEFT_TRY(inputs, inputs_of(options.inputs));
  order.inputs = std::move(inputs);
  order.charts = {options.chart_dir, options.charts, options.repo, options.offline, cache};
  return order;
}

DryRun dry_run_of(const InstallOptions& options) {
  if (options.dry_run.empty() || options.dry_run == "none") return DryRun::none;
  return options.dry_run == "client" ? DryRun::client : DryRun::server;
}

std::vector<cli::Flag> install_flags(InstallOptions& o) {
  std::vector<cli::Flag> flags{
      cli::flag("--version", o.version,
                "version of the mesh (default: that of local charts, else "
                "the newest)")
          .takes("V")
          .in("What"),
      cli::flag("--mode", o.mode, "way of running it, see `weft mesh show`")
          .takes("MODE")
          .in("What"),
      cli::flag("--profile", o.profile, "a named choice of features").takes("NAME").in("What"),
      cli::flag("--feature", o.features, "switch on features, separated by commas")
          .takes("NAME,...")
          .in("What"),
      cli::flag("--set", o.set, "a helm value; without a step, for the charts that know it")
          .takes("[STEP:]KEY=VALUE")
          .in("What"),
      cli::flag("--values", o.values, "a file of helm values").takes("[STEP=]FILE").in("What"),
      cli::flag("--input", o.inputs, "what the mesh asks for, such as a licence")
          .takes("NAME=VALUE|@FILE")
          .in("What"),
      cli::flag("--registry", o.registry, "take all images from this mirror")
          .takes("HOST/PREFIX")
          .in("What"),
      cli::flag("--reset-values", o.reset_values, "forget what was given at the last time")
          .in("What"),
      cli::flag("--chart-dir", o.chart_dir,
                "folder with charts: DIR/MESH/CHART, DIR/CHART or "
                "archives")
          .takes("DIR")
          .in("Charts"),
      cli::flag("--chart", o.charts, "a chart: folder, archive or oci:// reference")
          .takes("CHART")
          .in("Charts"),
      cli::flag("--repo", o.repo, "chart repository instead of the mesh's own")
          .takes("URL")
          .in("Charts"),
      cli::flag("--offline", o.offline, "fetch nothing").in("Charts"),
      cli::flag("--dry-run", o.dry_run, "show the plan only; client asks no cluster")
          .takes("client|server")
          .one_of({"client", "server", "none"})
          .in("Plan"),
      cli::flag("--exit-code", o.exit_code, "with --dry-run: exit 1 when something would change")
          .in("Plan"),
      cli::flag("--plan", o.detail,
                "how much of the plan is shown, or a file that --plan-out wrote: "
                "then nothing else is done")
          .takes("summary|full|diff|FILE")
          .in("Plan"),
      cli::flag("--plan-out", o.plan_out, "keep the plan in a file").takes("FILE").in("Plan"),
      cli::flag("--yes", o.yes, "do not ask").as('y').in("Doing"),
      cli::flag("--no-wait", o.no_wait, "do not wait until everything is ready").in("Doing"),
      cli::flag("--rollback", o.rollback,
                "go back when it fails (default: auto for upgrade, never "
                "for install)")
          .one_of({"auto", "never"})
          .in("Doing"),
      cli::flag("--adopt", o.adopt, "take over releases and objects that weft did not install")
          .in("Doing"),
      cli::flag("--ignore", o.ignore, "failed checks that do not count, see `weft explain`")
          .takes("ID,...")
          .in("Doing"),
      cli::flag("--force", o.force, "go on where weft advises against it").in("Doing"),
      events_flag(o.events).in("Doing"),
      cli::flag("--break-lock", o.break_lock,
                "when the run that holds the lock is known to be gone")
          .in("Doing")};
  return with_cluster_flags(o.cluster, std::move(flags));
}

std::vector<cli::Flag> upgrade_flags(InstallOptions& o) {
  auto flags = install_flags(o);
  const auto add = [&flags](cli::Flag&& flag) { flags.push_back(std::move(flag).in("Canary")); };
  add(cli::flag("--canary", o.canary, "a new control plane beside the one that runs"));
  add(cli::flag("--revision", o.revision, "its name (default: the version with hyphens)")
          .takes("NAME"));
  add(cli::flag("--finish", o.finish, "make the canary the default and remove the old one"));
  add(cli::flag("--abort", o.abort, "remove the canary"));
  return flags;
}

}  // namespace weft::cmd
