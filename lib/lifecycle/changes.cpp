#include "lib/lifecycle/changes.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"
#include "lib/kube/mask.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using kube::Object;
using kube::Objects;

constexpr const char* kPodSecurity = "pod-security.kubernetes.io/";

struct Grant {
  std::string group, resource, verb;
};

std::vector<std::string> texts_at(const doc::Value& rule, const char* key) {
  std::vector<std::string> out;
  for (const doc::Value& item : kube::list_at(rule, {key}))
    if (item.is_string()) out.push_back(item.string());
  return out;
}

std::vector<Grant> grants_of(const Object& role) {
  std::vector<Grant> out;
  for (const doc::Value& rule : kube::list_at(role, {"rules"}))
    for (const auto& group : texts_at(rule, "apiGroups"))
      for (const auto& resource : texts_at(rule, "resources"))
        for (const auto& verb : texts_at(rule, "verbs")) out.push_back({group, resource, verb});
  return out;
}

bool covers(const Grant& held, const Grant& wanted) {
  const auto one = [](const std::string& have, const std::string& want) {
    return have == "*" || have == want;
  };
  return one(held.group, wanted.group) && one(held.resource, wanted.resource) &&
         one(held.verb, wanted.verb);
}

// Fields of the mesh's file that apply to an object, as a path pattern.
template <typename Rule>
bool listed(const std::vector<Rule>& rules, const kube::Ref& ref, std::string_view path) {
  return std::ranges::any_of(rules, [&](const Rule& rule) {
    return rule.kind == ref.kind && (rule.name.empty() || fits(rule.name, ref.name)) &&
           (fits(rule.path, path) || path.starts_with(rule.path));
  });
}

bool ignored(const Mesh& mesh, const kube::Ref& ref, const kube::FieldChange& field) {
  return field.masked || kube::is_masked(ref, field.path) ||
         listed(mesh.nondeterministic, ref, field.path) || listed(mesh.ssa_force, ref, field.path);
}

std::string caution_of(const kube::Change& change, const Object& desired,
                       const std::optional<Object>& live) {
  if (change.action == kube::Action::replace) return "is deleted and made again";
  for (const kube::FieldChange& field : change.fields) {
    if (field.path.ends_with("failurePolicy") && field.to == doc::Value("Fail"))
      return "a webhook that does not answer now refuses objects";
    if (change.ref.kind == "Namespace" && field.path.find(kPodSecurity) != std::string::npos)
      return "changes which pods the namespace accepts";
  }
  if (live && change.ref.kind.ends_with("Role")) {
    const std::string more = widening(desired, *live);
    if (!more.empty()) return "grants more: " + more;
  }
  return {};
}

bool kept(const Object& object) {
  return kube::annotation_of(object, "helm.sh/resource-policy") == "keep";
}

}  // namespace

std::string short_text(const doc::Value& value) {
  constexpr std::size_t kMost = 60;
  if (value.is_null()) return {};
  std::string text = value.is_string() ? value.string().str() : doc::write_json(value, 0);
  text = std::string(base::trim(text));
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() <= kMost) return text;
  text.resize(kMost - 3);
  text.resize(base::valid_utf8_length(text));
  return text + "...";
}

std::string widening(const Object& desired, const Object& live) {
  const auto held = grants_of(live);
  for (const Grant& wanted : grants_of(desired))
    if (std::ranges::none_of(held, [&](const Grant& one) { return covers(one, wanted); }))
      return fmt::format("{} {}{}{}", wanted.verb, wanted.resource, wanted.group.empty() ? "" : ".",
                         wanted.group);
  return {};
}

Comparison compare_objects(const Mesh& mesh, const Objects& desired,
                           const std::vector<std::optional<Object>>& live,
                           const Objects& previous) {
  Comparison out;
  const auto before = [&previous](const kube::Ref& ref) -> const Object* {
    for (const Object& object : previous)
      if (kube::ref_of(object).same_object(ref)) return &object;
    return nullptr;
  };
  for (std::size_t i = 0; i < desired.size(); ++i) {
    const kube::Ref ref = kube::ref_of(desired[i]);
    const kube::Change found = kube::compare(desired[i], live[i], {before(ref), {}});
    if (found.action == kube::Action::none) continue;
    Change change{found.action, ref};
    for (const kube::FieldChange& field : found.fields) {
      if (ignored(mesh, ref, field))
        ++out.masked;
      else
        change.fields.push_back({field.path, short_text(field.from), short_text(field.to)});
    }
    if (found.action == kube::Action::update && change.fields.empty()) continue;
    change.caution = caution_of(found, desired[i], live[i]);
    out.changes.push_back(std::move(change));
  }
  for (const Object& object : previous) {
    const kube::Ref ref = kube::ref_of(object);
    const bool stays = std::ranges::any_of(
        desired, [&ref](const Object& other) { return kube::ref_of(other).same_object(ref); });
    if (!stays && !kept(object))
      out.changes.push_back({kube::Action::remove, ref, {}, "the new chart does not have it"});
  }
  return out;
}

std::vector<Change> changes_of(const kube::CrdPlan& plan) {
  std::vector<Change> out;
  for (const kube::CrdChange& crd : plan.changes) {
    if (crd.action == kube::Action::none) continue;
    Change change{crd.action, kube::make_ref("apiextensions.k8s.io/v1", "CustomResourceDefinition",
                                             "", crd.name)};
    for (const std::string& version : crd.versions_added)
      change.fields.push_back({"spec.versions", "", version});
    for (const std::string& version : crd.versions_removed)
      change.fields.push_back({"spec.versions", version, ""});
    if (!crd.storage_to.empty() && crd.storage_from != crd.storage_to)
      change.fields.push_back({"storage version", crd.storage_from, crd.storage_to});
    if (!crd.versions_removed.empty())
      change.caution = "no longer serves " + base::join(crd.versions_removed, ", ");
    out.push_back(std::move(change));
  }
  return out;
}

}  // namespace weft::lifecycle
