#include "lib/testkit/fake_helm.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/kube/errors.h"

namespace weft::testkit {
namespace {

using base::Result;
using kube::Objects;
using kube::ReleaseStatus;

base::Error said(std::string what, std::string complaint) {
  const auto& row = kube::row_of(kube::classify(complaint));
  return base::Error{row.code, std::move(what), std::string(row.remedy)}.because(
      std::move(complaint));
}

Result<doc::Value> read_map(const std::string& text) {
  if (text.empty()) return doc::Value::map();
  WEFT_TRY(document, doc::read(doc::Source("fake", text)));
  return std::move(document.root);
}

}  // namespace

FakeHelm& FakeHelm::chart(const std::string& source, const std::string& name,
                          const std::string& version, const std::string& manifests,
                          const std::string& crds, const std::string& values) {
  charts_[source] = {name, version, manifests, crds, values};
  return *this;
}

FakeHelm& FakeHelm::fail(const std::string& verb, base::Error error) {
  failures_[verb].push_back(std::move(error));
  return *this;
}

void FakeHelm::set_status(const kube::ReleaseName& name, ReleaseStatus status) {
  releases_.at({name.ns, name.release}).back().detail.status = status;
}

Result<void> FakeHelm::pass(const std::string& verb) {
  auto& queue = failures_[verb];
  if (queue.empty()) return {};
  base::Error error = std::move(queue.front());
  queue.erase(queue.begin());
  return error;
}

Result<const FakeHelm::FakeChart*> FakeHelm::find_chart(const kube::Chart& chart) const {
  const auto at = charts_.find(chart.source);
  if (at != charts_.end()) return &at->second;
  return said("there is no chart at " + chart.source,
              fmt::format("path \"{}\" not found", chart.source));
}

Result<Objects> FakeHelm::placed(const std::string& manifest, const std::string& ns) {
  WEFT_TRY(objects, kube::read_objects(doc::Source("manifest", manifest)));
  kube::fill_namespace(objects, ns);
  return std::move(objects);
}

Result<void> FakeHelm::switch_to(const std::string& manifest, const std::string& before,
                                 const std::string& ns) {
  WEFT_TRY(desired, placed(manifest, ns));
  WEFT_TRY(old, placed(before, ns));
  std::vector<kube::Ref> dropped;
  for (const kube::Object& object : old) {
    const kube::Ref ref = kube::ref_of(object);
    const bool stays = std::any_of(desired.begin(), desired.end(), [&ref](const auto& each) {
      return kube::ref_of(each).same_object(ref);
    });
    if (!stays && kube::annotation_of(object, "helm.sh/resource-policy") != "keep")
      dropped.push_back(ref);
  }
  WEFT_CHECK(cluster_.apply(desired, {.force = true, .manager = "helm"}));
  return cluster_.remove(dropped, {});
}

Result<kube::ReleaseDetail> FakeHelm::upgrade(const kube::Upgrade& what) {
  WEFT_TRY(chart, find_chart(what.chart));
  const std::string name = fmt::format("{}/{}", what.ns, what.release);
  auto& revisions = releases_[{what.ns, what.release}];
  if (!revisions.empty() && kube::is_pending(revisions.back().detail.status))
    return said("cannot install or upgrade release " + name,
                "another operation (install/upgrade/rollback) is in progress");
  FakeRevision next{.detail = {.name = what.release,
                               .ns = what.ns,
                               .revision = static_cast<int>(revisions.size()) + 1,
                               .status = ReleaseStatus::deployed,
                               .description = what.description,
                               .manifest = chart->manifests},
                    .chart = chart->name,
                    .chart_version = chart->version,
                    .values = what.values,
                    .labels = what.labels};
  if (what.dry_run != kube::DryRun::none) {
    WEFT_CHECK(pass("upgrade"));
    next.detail.status = ReleaseStatus::pending_install;
    return next.detail;
  }
  calls_.push_back(fmt::format("upgrade {} {}", name, chart->version));
  if (what.create_namespace && cluster_.find("Namespace", "", what.ns) == nullptr)
    cluster_.add(kube::stub_of(kube::make_ref("v1", "Namespace", "", what.ns)));
  const std::string before = revisions.empty() ? "" : revisions.back().detail.manifest;
  auto failure = pass("upgrade");
  if (failure.ok()) failure = switch_to(chart->manifests, before, what.ns);
  if (!failure.ok())
    next.detail.status = ReleaseStatus::failed;
  else if (!revisions.empty())
    revisions.back().detail.status = ReleaseStatus::superseded;
  revisions.push_back(next);
  if (!failure.ok()) return std::move(failure).error();
  return next.detail;
}

Result<void> FakeHelm::rollback(const kube::Rollback& what) {
  WEFT_CHECK(pass("rollback"));
  auto& revisions = releases_[{what.ns, what.release}];
  const auto wanted =
      what.revision > 0 ? static_cast<std::size_t>(what.revision) : revisions.size() - 1;
  if (revisions.empty() || wanted == 0 || wanted > revisions.size())
    return said("cannot roll back release", "release: not found");
  FakeRevision next = revisions[wanted - 1];
  WEFT_CHECK(switch_to(next.detail.manifest, revisions.back().detail.manifest, what.ns));
  for (FakeRevision& each : revisions)
    if (each.detail.status == ReleaseStatus::deployed)
      each.detail.status = ReleaseStatus::superseded;
  next.detail.revision = static_cast<int>(revisions.size()) + 1;
  next.detail.status = ReleaseStatus::deployed;
  next.detail.description = fmt::format("Rollback to {}", wanted);
  revisions.push_back(std::move(next));
  calls_.push_back(fmt::format("rollback {}/{} {}", what.ns, what.release, wanted));
  return {};
}

Result<void> FakeHelm::uninstall(const kube::Uninstall& what) {
  WEFT_CHECK(pass("uninstall"));
  const auto at = releases_.find({what.ns, what.release});
  if (at == releases_.end() || at->second.empty() || what.dry_run) return {};
  WEFT_CHECK(switch_to("", at->second.back().detail.manifest, what.ns));
  releases_.erase(at);
  calls_.push_back(fmt::format("uninstall {}/{}", what.ns, what.release));
  return {};
}

Result<std::vector<kube::Release>> FakeHelm::list(const std::string& ns,
                                                  const std::string& selector) {
  WEFT_CHECK(pass("list"));
  std::vector<kube::Release> rows;
  for (const auto& [key, revisions] : releases_) {
    if (revisions.empty() || (!ns.empty() && key.first != ns)) continue;
    const FakeRevision& newest = revisions.back();
    doc::Value labels = doc::Value::map();
    for (const auto& [name, value] : newest.labels) labels.set(name, value);
    if (!selects(selector, &labels)) continue;
    rows.push_back({.name = key.second,
                    .ns = key.first,
                    .revision = newest.detail.revision,
                    .status = newest.detail.status,
                    .chart = newest.chart,
                    .chart_version = newest.chart_version,
                    .app_version = newest.chart_version});
  }
  return rows;
}

Result<std::vector<kube::Revision>> FakeHelm::history(const kube::ReleaseName& name) {
  WEFT_CHECK(pass("history"));
  std::vector<kube::Revision> rows;
  const auto at = releases_.find({name.ns, name.release});
  if (at == releases_.end()) return rows;
  for (const FakeRevision& each : at->second)
    rows.push_back({.revision = each.detail.revision,
                    .status = each.detail.status,
                    .chart = each.chart,
                    .chart_version = each.chart_version,
                    .description = each.detail.description});
  return rows;
}

Result<kube::ReleaseDetail> FakeHelm::status(const kube::ReleaseName& name, int revision) {
  WEFT_CHECK(pass("status"));
  const auto at = releases_.find({name.ns, name.release});
  const auto size = at == releases_.end() ? 0 : at->second.size();
  const auto wanted = revision > 0 ? static_cast<std::size_t>(revision) : size;
  if (wanted == 0 || wanted > size)
    return said(fmt::format("cannot read release {}/{}", name.ns, name.release),
                "release: not found");
  return at->second[wanted - 1].detail;
}

Result<doc::Value> FakeHelm::values(const kube::ReleaseName& name, int revision, bool) {
  WEFT_CHECK(pass("values"));
  WEFT_TRY(found, status(name, revision));
  return releases_.at({name.ns, name.release})[static_cast<std::size_t>(found.revision - 1)].values;
}

Result<Objects> FakeHelm::render(const kube::Template& what) {
  WEFT_CHECK(pass("render"));
  WEFT_TRY(chart, find_chart(what.chart));
  return kube::read_objects(
      doc::Source(what.chart.source, what.include_crds ? chart->crds + "\n---\n" + chart->manifests
                                                       : chart->manifests));
}

Result<doc::Value> FakeHelm::show_chart(const kube::Chart& what) {
  WEFT_CHECK(pass("show"));
  WEFT_TRY(chart, find_chart(what));
  doc::Value shown;
  return std::move(shown.set("name", chart->name).set("version", chart->version));
}

Result<doc::Value> FakeHelm::show_values(const kube::Chart& what) {
  WEFT_CHECK(pass("show"));
  WEFT_TRY(chart, find_chart(what));
  return read_map(chart->values);
}

Result<Objects> FakeHelm::show_crds(const kube::Chart& what) {
  WEFT_CHECK(pass("show"));
  WEFT_TRY(chart, find_chart(what));
  return kube::read_objects(doc::Source("crds", chart->crds));
}

Result<std::string> FakeHelm::pull(const kube::Chart& what, const std::string& folder) {
  WEFT_CHECK(pass("pull"));
  WEFT_TRY(chart, find_chart(what));
  return fmt::format("{}/{}-{}.tgz", folder, chart->name, chart->version);
}

}  // namespace weft::testkit
