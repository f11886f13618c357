#include "lib/testkit/memory_helm.h"

#include "lib/base/format.h"
#include "lib/kube/object.h"

namespace weft::testkit {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using kube::ReleaseStatus;

kube::Objects objects_of(const std::string& manifest, const std::string& ns) {
  auto objects = kube::read_objects(doc::Source{"fake chart", manifest});
  if (!objects.ok()) return {};
  for (kube::Object& object : *objects) {
    const kube::Ref ref = kube::ref_of(object);
    const kube::Kind* kind = kube::find_kind(ref.group, ref.kind);
    if (ref.ns.empty() && (kind == nullptr || kind->namespaced))
      object.find("metadata")->set("namespace", ns);
  }
  return std::move(*objects);
}

void mark(kube::Object& object, const std::string& release, const std::string& ns) {
  doc::Value* metadata = object.find("metadata");
  for (const char* map : {"labels", "annotations"})
    if (metadata->find(map) == nullptr) metadata->set(map, doc::Value::map());
  metadata->find("labels")->set("app.kubernetes.io/managed-by", "Helm");
  metadata->find("annotations")
      ->set("meta.helm.sh/release-name", release)
      .set("meta.helm.sh/release-namespace", ns);
}

}  // namespace

MemoryHelm& MemoryHelm::chart(const std::string& source, std::string manifest) {
  charts_[source] = std::move(manifest);
  return *this;
}

MemoryHelm& MemoryHelm::fail(const std::string& call, Error error, ReleaseStatus leaves) {
  failures_.insert_or_assign(call, Failure{std::move(error), leaves});
  return *this;
}

MemoryHelm& MemoryHelm::leave(const kube::ReleaseName& name, ReleaseStatus status) {
  auto& history = releases_[{name.ns, name.release}];
  Entry entry{{static_cast<int>(history.size()) + 1, status, "chart", "1.0.0", "", "", ""}, "", {}};
  history.push_back(std::move(entry));
  return *this;
}

Result<void> MemoryHelm::pass(const std::string& call, const Key& key) {
  const auto failure = failures_.find(call);
  if (failure == failures_.end()) return {};
  const Failure found = failure->second;
  failures_.erase(failure);
  if (call.starts_with("upgrade")) leave({key.second, key.first}, found.leaves);
  return found.error;
}

Result<std::string> MemoryHelm::manifest_of(const kube::Chart& chart) const {
  const auto found = charts_.find(chart.source);
  if (found == charts_.end())
    return Error{ExitCode::input, "no chart " + chart.source}.because("path not found");
  return found->second;
}

void MemoryHelm::deploy(const Key& key, Entry entry) {
  auto& history = releases_[key];
  for (Entry& old : history)
    if (old.revision.status == ReleaseStatus::deployed)
      old.revision.status = ReleaseStatus::superseded;
  entry.revision.revision = static_cast<int>(history.size()) + 1;
  entry.revision.status = ReleaseStatus::deployed;
  auto objects = objects_of(entry.manifest, key.first);
  for (kube::Object& object : objects) mark(object, key.second, key.first);
  static_cast<void>(cluster_.apply(objects, {.force = true}).ok());
  history.push_back(std::move(entry));
}

Result<kube::ReleaseDetail> MemoryHelm::upgrade(const kube::Upgrade& what) {
  const Key key{what.ns, what.release};
  WEFT_TRY(manifest, manifest_of(what.chart));
  if (what.dry_run != kube::DryRun::none) {
    kube::ReleaseDetail detail;
    detail.name = what.release, detail.ns = what.ns, detail.manifest = manifest;
    return detail;
  }
  calls_.push_back("upgrade " + what.release);
  auto& history = releases_[key];
  if (!history.empty() && kube::is_pending(history.back().revision.status))
    return Error{ExitCode::tool, "cannot upgrade " + what.release}.because(
        "another operation (install/upgrade/rollback) is in progress");
  WEFT_CHECK(pass("upgrade " + what.release, key));
  WEFT_TRY(about, show_chart(what.chart));
  Entry entry{{}, manifest, what.values};
  entry.revision.chart = kube::text_at(about, {"name"});
  entry.revision.chart_version = kube::text_at(about, {"version"});
  deploy(key, std::move(entry));
  return status({what.release, what.ns}, 0);
}

Result<void> MemoryHelm::rollback(const kube::Rollback& what) {
  calls_.push_back(fmt::format("rollback {} {}", what.release, what.revision));
  const Key key{what.ns, what.release};
  WEFT_CHECK(pass("rollback " + what.release, key));
  for (const Entry& old : releases_[key])
    if (old.revision.revision == what.revision) {
      deploy(key, old);
      return {};
    }
  return Error{ExitCode::tool, "cannot roll back " + what.release}.because("release: not found");
}

Result<void> MemoryHelm::uninstall(const kube::Uninstall& what) {
  calls_.push_back("uninstall " + what.release);
  const Key key{what.ns, what.release};
  WEFT_CHECK(pass("uninstall " + what.release, key));
  const auto found = releases_.find(key);
  if (found == releases_.end()) return {};
  std::vector<kube::Ref> refs;
  for (const kube::Object& object : objects_of(found->second.back().manifest, what.ns))
    if (kube::annotation_of(object, "helm.sh/resource-policy") != "keep")
      refs.push_back(kube::ref_of(object));
  releases_.erase(found);
  return cluster_.remove(refs, {});
}

Result<std::vector<kube::Release>> MemoryHelm::list(const std::string& ns, const std::string&) {
  std::vector<kube::Release> out;
  for (const auto& [key, history] : releases_) {
    if (history.empty() || (!ns.empty() && key.first != ns)) continue;
    const kube::Revision& last = history.back().revision;
    out.push_back({key.second, key.first, last.revision, last.status, last.chart,
                   last.chart_version, "", ""});
  }
  return out;
}

Result<std::vector<kube::Revision>> MemoryHelm::history(const kube::ReleaseName& name) {
  std::vector<kube::Revision> out;
  for (const Entry& entry : releases_[{name.ns, name.release}]) out.push_back(entry.revision);
  return out;
}

Result<kube::ReleaseDetail> MemoryHelm::status(const kube::ReleaseName& name, int revision) {
  const auto& history = releases_[{name.ns, name.release}];
  for (auto entry = history.rbegin(); entry != history.rend(); ++entry) {
    if (revision != 0 && entry->revision.revision != revision) continue;
    kube::ReleaseDetail detail;
    detail.name = name.release, detail.ns = name.ns;
    detail.revision = entry->revision.revision, detail.status = entry->revision.status;
    detail.manifest = entry->manifest;
    return detail;
  }
  return Error{ExitCode::cluster, "no release " + name.release}.because("release: not found");
}

Result<doc::Value> MemoryHelm::values(const kube::ReleaseName& name, int, bool) {
  const auto& history = releases_[{name.ns, name.release}];
  return history.empty() ? doc::Value::map() : history.back().values;
}

Result<kube::Objects> MemoryHelm::render(const kube::Template& what) {
  WEFT_TRY(manifest, manifest_of(what.chart));
  return kube::read_objects(doc::Source{"fake chart", manifest});
}

Result<doc::Value> MemoryHelm::show_chart(const kube::Chart& chart) {
  doc::Value out;
  out.set("name", chart.source.substr(chart.source.rfind('/') + 1))
      .set("version", chart.version.empty() ? "1.0.0" : chart.version);
  return out;
}

Result<doc::Value> MemoryHelm::show_values(const kube::Chart&) { return doc::Value::map(); }
Result<kube::Objects> MemoryHelm::show_crds(const kube::Chart&) { return kube::Objects{}; }
Result<std::string> MemoryHelm::pull(const kube::Chart& chart, const std::string&) {
  return Error{ExitCode::cluster, "cannot fetch " + chart.source};
}

}  // namespace weft::testkit
