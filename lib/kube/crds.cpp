#include "lib/kube/crds.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::kube {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

std::vector<std::string> versions_of(const Object& crd) {
  std::vector<std::string> names;
  for (const doc::Value& version : list_at(crd, {"spec", "versions"}))
    names.emplace_back(text_at(version, {"name"}));
  return names;
}

std::string storage_of(const Object& crd) {
  for (const doc::Value& version : list_at(crd, {"spec", "versions"}))
    if (bool_at(version, {"storage"})) return std::string(text_at(version, {"name"}));
  return {};
}

std::vector<std::string> without(const std::vector<std::string>& all,
                                 const std::vector<std::string>& taken) {
  std::vector<std::string> rest;
  for (const std::string& each : all)
    if (std::find(taken.begin(), taken.end(), each) == taken.end()) rest.push_back(each);
  return rest;
}

std::vector<std::string> stored_versions(const Object& crd) {
  std::vector<std::string> names;
  for (const doc::Value& version : list_at(crd, {"status", "storedVersions"}))
    if (version.is_string()) names.push_back(version.string());
  return names;
}

std::vector<Ref> refs_of(const Objects& objects) {
  std::vector<Ref> refs;
  for (const Object& object : objects) refs.push_back(ref_of(object));
  return refs;
}

Error refused(const std::vector<std::string>& refusals) {
  return Error{ExitCode::cluster, "the custom resource definitions cannot be upgraded",
               "migrate the stored objects to a version that stays, then remove the old one from "
               "status.storedVersions of the CRD"}
      .because(base::join(refusals, "\n"));
}

}  // namespace

std::vector<std::string> CrdPlan::refusals() const {
  std::vector<std::string> found;
  for (const CrdChange& change : changes)
    if (!change.refusal.empty())
      found.push_back(fmt::format("CustomResourceDefinition {}: {}", change.name, change.refusal));
  return found;
}

Objects crds_among(const Objects& objects) {
  Objects crds;
  for (const Object& object : objects)
    if (text_at(object, {"kind"}) == "CustomResourceDefinition") crds.push_back(object);
  return crds;
}

CrdChange compare_crd(const Object& desired, const std::optional<Object>& live) {
  CrdChange change{.name = std::string(name_of(desired))};
  change.action = compare(desired, live).action;
  if (!live) {
    change.versions_added = versions_of(desired);
    return change;
  }
  change.versions_added = without(versions_of(desired), versions_of(*live));
  change.versions_removed = without(versions_of(*live), versions_of(desired));
  if (storage_of(desired) != storage_of(*live)) {
    change.storage_from = storage_of(*live);
    change.storage_to = storage_of(desired);
  }
  const auto lost = without(stored_versions(*live), versions_of(desired));
  if (!lost.empty())
    change.refusal = fmt::format("version {} would be removed, but objects are stored in it",
                                 base::join(lost, ", "));
  return change;
}

Result<CrdPlan> plan_crds(Cluster& cluster, const Objects& desired) {
  WEFT_TRY(live, cluster.get_each(refs_of(desired)));
  return plan_crds(desired, live);
}

CrdPlan plan_crds(const Objects& desired, const std::vector<std::optional<Object>>& live) {
  CrdPlan plan;
  for (std::size_t i = 0; i < desired.size(); ++i)
    plan.changes.push_back(compare_crd(desired[i], live[i]));
  return plan;
}

Result<CrdPlan> apply_crds(Cluster& cluster, const Objects& desired, const WaitOptions& options) {
  WEFT_TRY(plan, plan_crds(cluster, desired));
  if (const auto refusals = plan.refusals(); !refusals.empty()) return refused(refusals);
  Objects changed;
  for (std::size_t i = 0; i < desired.size(); ++i)
    if (plan.changes[i].action != Action::none) changed.push_back(desired[i]);
  // Fields that helm once created are taken over: it does not look after them.
  WEFT_CHECK(cluster.apply(changed, {.force = true}));
  std::vector<Target> targets;
  for (const Ref& ref : refs_of(desired)) targets.push_back({.ref = ref});
  WEFT_TRY(report, wait(cluster, targets, options));
  if (auto error = report.error()) return std::move(*error);
  return std::move(plan);
}

}  // namespace weft::kube
