#include "lib/kube/helm.h"

#include <algorithm>
#include <filesystem>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/kube/errors.h"
#include "lib/kube/helm_flags.h"

namespace weft::kube {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using Words = std::vector<std::string>;

constexpr base::Nanoseconds kReadDeadline = std::chrono::seconds(60);
// helm marks the release as failed when it is interrupted: a call to the API server.
constexpr base::Nanoseconds kStopGrace = std::chrono::seconds(10);
constexpr int kHistoryKept = 10;

void add(Words& words, std::initializer_list<std::string> more) {
  words.insert(words.end(), more.begin(), more.end());
}

// helm takes a path that does not exist for the name of a repository and speaks of that.
Result<void> add_chart(Words& words, const Chart& chart) {
  std::error_code unreadable;
  if (chart.repo.empty() && !chart.source.starts_with("oci://") &&
      !std::filesystem::exists(chart.source, unreadable))
    return Error{ExitCode::input, fmt::format("there is no chart at {}", chart.source),
                 std::string(row_of(Failure::chart_missing).remedy)}
        .because(fmt::format("path \"{}\" not found", chart.source));
  words.push_back(chart.source);
  if (!chart.repo.empty()) add(words, {"--repo", chart.repo});
  if (!chart.version.empty()) add(words, {"--version", chart.version});
  return {};
}

std::string label_list(const std::map<std::string, std::string>& labels) {
  Words pairs;
  for (const auto& [key, value] : labels) pairs.push_back(fmt::format("{}={}", key, value));
  return base::join(pairs, ",");
}

// Nothing in this version does it: better no action than another one.
Error lacks(const Version& version, std::string_view what) {
  return Error{ExitCode::tool, fmt::format("helm {} cannot {}", version.text, what),
               "use a newer helm: --helm PATH"};
}

Result<void> add_version_flags(Words& words, const Upgrade& what, const Version& version) {
  if (!what.labels.empty())
    if (const auto flag = spelling(HelmFlag::labels, version))
      add(words, {std::string(*flag), label_list(what.labels)});
  if (what.take_ownership) {
    const auto flag = spelling(HelmFlag::take_ownership, version);
    if (!flag) return lacks(version, "adopt objects that exist");
    words.emplace_back(*flag);
  }
  if (what.force_conflicts)
    if (const auto flag = spelling(HelmFlag::force_conflicts, version)) words.emplace_back(*flag);
  if (what.dry_run != DryRun::none)
    words.emplace_back(spelling(what.dry_run == DryRun::server ? HelmFlag::dry_run_server
                                                               : HelmFlag::dry_run_client,
                                version)
                           .value_or("--dry-run"));
  return {};
}

// "caBundle" names the last part of a field; "namespaceSelector*" also what is below it.
bool covers(const std::string& pattern, std::string_view field) {
  if (pattern.ends_with('*'))
    return field.find('.' + pattern.substr(0, pattern.size() - 1)) != std::string_view::npos;
  return field.ends_with('.' + pattern);
}

bool all_forceable(const Error& error, const std::vector<std::string>& forceable) {
  const auto conflicts = conflicts_in(error.cause);
  const auto allowed = [&forceable](const std::string& field) {
    return std::any_of(forceable.begin(), forceable.end(),
                       [&field](const std::string& pattern) { return covers(pattern, field); });
  };
  return !conflicts.empty() &&
         std::all_of(conflicts.begin(), conflicts.end(), [&allowed](const Conflict& conflict) {
           return !conflict.fields.empty() &&
                  std::all_of(conflict.fields.begin(), conflict.fields.end(), allowed);
         });
}

Result<doc::Value> read_map(const std::string& name, std::string text) {
  WEFT_TRY(document, doc::read(doc::Source(name, std::move(text))));
  if (document.root.is_null()) return doc::Value::map();
  return std::move(document.root);
}

std::optional<std::string> archive_in(const std::string& folder) {
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable))
    if (entry.path().extension() == ".tgz") return entry.path().string();
  return std::nullopt;
}

}  // namespace

proc::Command HelmCli::command(Words words) const {
  words.insert(words.begin(), options_.program.path);
  if (!options_.context.empty()) add(words, {"--kube-context", options_.context});
  if (!options_.kubeconfig.empty()) add(words, {"--kubeconfig", options_.kubeconfig});
  proc::Command command{.argv = std::move(words),
                        .deadline = kReadDeadline,
                        .stop = options_.stop,
                        .grace = kStopGrace};
  if (!options_.home.empty())
    command.env = {{"HELM_CACHE_HOME", options_.home + "/cache"},
                   {"HELM_CONFIG_HOME", options_.home + "/config"},
                   {"HELM_DATA_HOME", options_.home + "/data"}};
  return command;
}

proc::Command HelmCli::change(Words words, base::Nanoseconds timeout) const {
  add(words, {"--timeout", base::format_duration(timeout)});
  auto call = command(std::move(words));
  call.deadline = timeout + kReadDeadline;
  return call;
}

Result<proc::Finished> HelmCli::run(const std::string& what, const proc::Command& command) {
  WEFT_TRY(done, runner_.run(command));
  if (done.exit_code != 0) return tool_error(what, command, done);
  return std::move(done);
}

Result<ReleaseDetail> HelmCli::upgrade(const Upgrade& what) {
  Words words{"upgrade", "--install", what.release};
  WEFT_CHECK(add_chart(words, what.chart));
  add(words, {"--namespace", what.ns, "--reset-values", "--values", "-", "--history-max",
              fmt::format("{}", kHistoryKept), "-o", "json"});
  if (what.create_namespace) words.emplace_back("--create-namespace");
  if (what.skip_crds) words.emplace_back("--skip-crds");
  if (!what.description.empty()) add(words, {"--description", what.description});
  WEFT_CHECK(add_version_flags(words, what, options_.program.version));
  auto call = change(std::move(words), what.timeout);
  call.input = what.values.is_null() ? "{}" : doc::write_json(what.values, 0);
  auto done = run(fmt::format("cannot {} release {}/{}",
                              what.dry_run == DryRun::none ? "install or upgrade" : "plan", what.ns,
                              what.release),
                  call);
  if (done.ok()) return read_release(done->out);
  const bool again = !what.force_conflicts && options_.program.version.major >= 4 &&
                     failure_of(done.error()) == Failure::conflict &&
                     all_forceable(done.error(), what.forceable);
  if (!again) return std::move(done).error();
  Upgrade forced = what;
  forced.force_conflicts = true;
  return upgrade(forced);
}

Result<void> HelmCli::rollback(const Rollback& what) {
  Words words{"rollback", what.release};
  if (what.revision > 0) words.push_back(fmt::format("{}", what.revision));
  add(words, {"--namespace", what.ns, "--history-max", fmt::format("{}", kHistoryKept)});
  if (what.force_conflicts)
    if (const auto flag = spelling(HelmFlag::force_conflicts, options_.program.version))
      words.emplace_back(*flag);
  WEFT_CHECK(run(fmt::format("cannot roll back release {}/{}", what.ns, what.release),
                 change(std::move(words), what.timeout)));
  return {};
}

Result<void> HelmCli::uninstall(const Uninstall& what) {
  Words words{"uninstall", what.release, "--namespace", what.ns};
  if (what.keep_history) words.emplace_back("--keep-history");
  if (what.dry_run) words.emplace_back("--dry-run");
  if (!what.description.empty()) add(words, {"--description", what.description});
  const auto done = run(fmt::format("cannot uninstall release {}/{}", what.ns, what.release),
                        change(std::move(words), what.timeout));
  if (done.ok() || failure_of(done.error()) == Failure::release_missing) return {};
  return done.error();
}

Result<std::vector<Release>> HelmCli::list(const std::string& ns, const std::string& selector) {
  Words words{"list", "-o", "json", "--max", "0"};
  if (ns.empty())
    words.emplace_back("--all-namespaces");
  else
    add(words, {"--namespace", ns});
  if (const auto flag = spelling(HelmFlag::list_all, options_.program.version))
    words.emplace_back(*flag);
  if (!selector.empty()) add(words, {"--selector", selector});
  WEFT_TRY(done, run("cannot list the releases", command(std::move(words))));
  return read_releases(done.out);
}

Result<std::vector<Revision>> HelmCli::history(const ReleaseName& name) {
  const auto done =
      run(fmt::format("cannot read the history of release {}/{}", name.ns, name.release),
          command({"history", name.release, "--namespace", name.ns, "-o", "json"}));
  if (done.ok()) return read_history(done->out);
  if (failure_of(done.error()) == Failure::release_missing) return std::vector<Revision>{};
  return done.error();
}

Result<ReleaseDetail> HelmCli::status(const ReleaseName& name, int revision) {
  Words words{"status", name.release, "--namespace", name.ns, "-o", "json"};
  if (revision > 0) add(words, {"--revision", fmt::format("{}", revision)});
  WEFT_TRY(done, run(fmt::format("cannot read release {}/{}", name.ns, name.release),
                     command(std::move(words))));
  return read_release(done.out);
}

Result<doc::Value> HelmCli::values(const ReleaseName& name, int revision, bool all) {
  Words words{"get", "values", name.release, "--namespace", name.ns, "-o", "json"};
  if (revision > 0) add(words, {"--revision", fmt::format("{}", revision)});
  if (all) words.emplace_back("--all");
  WEFT_TRY(done, run(fmt::format("cannot read the values of release {}/{}", name.ns, name.release),
                     command(std::move(words))));
  return read_map("helm get values", std::move(done.out));
}

Result<Objects> HelmCli::render(const Template& what) {
  Words words{"template", what.release};
  WEFT_CHECK(add_chart(words, what.chart));
  add(words, {"--namespace", what.ns, "--values", "-"});
  if (!what.kubernetes_version.empty()) add(words, {"--kube-version", what.kubernetes_version});
  for (const std::string& version : what.api_versions) add(words, {"--api-versions", version});
  if (what.include_crds) words.emplace_back("--include-crds");
  auto call = command(std::move(words));
  call.input = what.values.is_null() ? "{}" : doc::write_json(what.values, 0);
  WEFT_TRY(done, run("cannot render chart " + what.chart.source, call));
  std::vector<std::string> repeated;
  WEFT_TRY(objects, read_objects(doc::Source(what.chart.source, std::move(done.out)), &repeated));
  for (const std::string& line : repeated) options_.warn(line);
  return std::move(objects);
}

Result<std::string> HelmCli::show(const char* part, const Chart& chart) {
  Words words{"show", part};
  WEFT_CHECK(add_chart(words, chart));
  WEFT_TRY(done, run("cannot read chart " + chart.source, command(std::move(words))));
  return std::move(done.out);
}

Result<doc::Value> HelmCli::show_chart(const Chart& chart) {
  WEFT_TRY(text, show("chart", chart));
  return read_map("Chart.yaml of " + chart.source, std::move(text));
}

Result<doc::Value> HelmCli::show_values(const Chart& chart) {
  WEFT_TRY(text, show("values", chart));
  return read_map("values.yaml of " + chart.source, std::move(text));
}

Result<Objects> HelmCli::show_crds(const Chart& chart) {
  WEFT_TRY(text, show("crds", chart));
  WEFT_TRY(objects, read_objects(doc::Source("crds of " + chart.source, std::move(text))));
  // Some charts keep other files there too, for kustomize.
  std::erase_if(objects, [](const Object& object) {
    return text_at(object, {"kind"}) != "CustomResourceDefinition";
  });
  return std::move(objects);
}

Result<std::string> HelmCli::pull(const Chart& chart, const std::string& folder) {
  Words words{"pull"};
  WEFT_CHECK(add_chart(words, chart));
  add(words, {"--destination", folder});
  WEFT_CHECK(run("cannot fetch chart " + chart.source, command(std::move(words))));
  if (const auto archive = archive_in(folder)) return *archive;
  return Error{ExitCode::tool, fmt::format("helm pull left no archive in {}", folder)};
}

}  // namespace weft::kube
