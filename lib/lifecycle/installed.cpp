#include "lib/lifecycle/installed.h"

#include <algorithm>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/kube/errors.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Result;

Result<std::optional<Record>> read_local(Work& work, const std::string& state_folder,
                                         const std::string& mesh) {
  std::error_code ignored;
  if (state_folder.empty() || !std::filesystem::exists(state_folder, ignored))
    return std::optional<Record>();
  WEFT_TRY(path, record_file(work, state_folder, mesh));
  if (!std::filesystem::exists(path, ignored)) return std::optional<Record>();
  WEFT_TRY(text, base::read_file(path));
  WEFT_TRY(document, doc::read_json(doc::Source{path, std::move(text)}));
  WEFT_TRY(record, read_record(document));
  return std::optional(std::move(record));
}

// The mesh's own among ConfigMaps of records, else the one on this machine.
Result<std::optional<Record>> record_among(const kube::Objects& records, Work& work,
                                           const std::string& mesh,
                                           const std::string& state_folder) {
  for (const kube::Object& object : records)
    if (kube::name_of(object) == record_name(mesh)) {
      WEFT_TRY(record, from_config_map(object));
      return std::optional(std::move(record));
    }
  return read_local(work, state_folder, mesh);
}

Result<std::optional<Record>> find_record(Work& work, const std::string& mesh,
                                          const std::string& state_folder) {
  const auto found =
      work.cluster.list({.resource = "configmaps",
                         .ns = "",
                         .selector = fmt::format("{},weft.dev/mesh={}", kRecordLabel, mesh),
                         .fields = ""});
  if (!found.ok()) {
    if (kube::failure_of(found.error()) != kube::Failure::forbidden) return found.error();
    return read_local(work, state_folder, mesh);
  }
  return record_among(*found, work, mesh, state_folder);
}

}  // namespace

const kube::Release* Installed::find(std::string_view release, std::string_view ns) const {
  for (const kube::Release& one : releases)
    if (one.name == release && one.ns == ns && one.status != kube::ReleaseStatus::uninstalled)
      return &one;
  return nullptr;
}

bool Installed::ours(std::string_view release, std::string_view ns) const {
  return record && find_step(*record, release, ns) != nullptr;
}

std::string home_of(const Mesh& mesh) {
  const auto always =
      std::ranges::find_if(mesh.steps, [](const Step& step) { return step.when.empty(); });
  if (always != mesh.steps.end()) return always->ns;
  return mesh.steps.empty() ? "default" : mesh.steps.front().ns;
}

Result<Installed> look_up(Work& work, const Mesh& mesh, const std::string& state_folder) {
  return look_up(work, mesh, state_folder, {});
}

Result<Installed> look_up(Work& work, const Mesh& mesh, const std::string& state_folder,
                          const Snapshot& seen) {
  Installed out;
  if (seen.knows(Part::releases)) {
    out.releases = seen.releases;
  } else if (mesh.driver == Driver::helm) {
    WEFT_TRY(releases, work.helm.list("", ""));
    out.releases = std::move(releases);
  }
  WEFT_TRY(record, seen.knows(Part::records)
                       ? record_among(seen.records, work, mesh.id, state_folder)
                       : find_record(work, mesh.id, state_folder));
  out.record = std::move(record);
  if (seen.knows(Part::namespaces) && seen.ns(home_of(mesh)) == nullptr)
    out.home_missing_at = work.clock.monotonic();
  return out;
}

Result<std::string> cluster_folder(Work& work, const std::string& state_folder) {
  WEFT_TRY(system, work.cluster.get(kube::make_ref("v1", "Namespace", "", "kube-system")));
  const std::string_view uid =
      system ? kube::text_at(*system, {"metadata", "uid"}, "unknown") : "unknown";
  return fmt::format("{}/{}", state_folder, uid);
}

Result<std::string> record_file(Work& work, const std::string& state_folder,
                                const std::string& mesh) {
  WEFT_TRY(folder, cluster_folder(work, state_folder));
  return fmt::format("{}/{}.json", folder, record_name(mesh));
}

}  // namespace weft::lifecycle
