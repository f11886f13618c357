#include "lib/testkit/fake_cluster.h"

#include <algorithm>
#include <stdexcept>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::testkit {
namespace {

using base::Result;
using doc::Value;
using kube::Object;
using kube::Objects;
using kube::Ref;

// RFC 7386.
void merge(Value& target, const Value& patch) {
  if (!patch.is_map()) {
    target = patch;
    return;
  }
  if (!target.is_map()) target = Value::map();
  for (const doc::Member& member : patch.members()) {
    if (member.value.is_null()) {
      std::vector<doc::Member> kept;
      for (const doc::Member& each : target.members())
        if (each.key != member.key) kept.push_back(each);
      target.members() = doc::Map(std::move(kept));
      continue;
    }
    if (target.find(member.key) == nullptr) target.set(member.key, Value());
    merge(*target.find(member.key), member.value);
  }
}

bool is_resource(const Object& object, std::string_view resource) {
  const Ref ref = kube::ref_of(object);
  const std::string_view name = resource.substr(0, resource.find('.'));
  const auto dot = resource.rfind('.');
  const std::string lower = base::lower(name);
  const bool named =
      lower == kube::plural_of(ref.group, ref.kind) || lower == base::lower(ref.kind);
  if (!named || dot == std::string_view::npos) return named;
  return resource.substr(name.size() + 1) == ref.group || resource.ends_with('.' + ref.group);
}

std::vector<std::string_view> split_selector(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  bool inside = false;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && !inside)) {
      if (i > start) parts.push_back(base::trim(text.substr(start, i - start)));
      start = i + 1;
    } else if (text[i] == '(' || text[i] == ')') {
      inside = text[i] == '(';
    }
  }
  return parts;
}

bool among(std::string_view list, std::string_view value) {
  const auto words = base::split(list.substr(0, list.find(')')), ',');
  return std::any_of(words.begin(), words.end(),
                     [value](std::string_view word) { return base::trim(word) == value; });
}

bool holds(std::string_view term, const Value* labels) {
  const auto value_of = [labels](std::string_view key) -> std::optional<std::string> {
    const Value* value = labels == nullptr ? nullptr : labels->find(base::trim(key));
    return value != nullptr && value->is_string() ? std::optional(value->string().str())
                                                  : std::nullopt;
  };
  if (term.starts_with('!')) return !value_of(term.substr(1));
  if (const auto at = term.find(" notin ("); at != std::string_view::npos)
    return !among(term.substr(at + 8), value_of(term.substr(0, at)).value_or("\n"));
  if (const auto at = term.find(" in ("); at != std::string_view::npos)
    return among(term.substr(at + 5), value_of(term.substr(0, at)).value_or("\n"));
  if (const auto at = term.find("!="); at != std::string_view::npos)
    return value_of(term.substr(0, at)) != std::string(base::trim(term.substr(at + 2)));
  const auto at = term.find('=');
  if (at == std::string_view::npos) return value_of(term).has_value();
  const auto skip = term.substr(at).starts_with("==") ? 2u : 1u;
  return value_of(term.substr(0, at)) == std::string(base::trim(term.substr(at + skip)));
}

bool field_selected(std::string_view fields, const Object& object) {
  for (std::string_view term : split_selector(fields)) {
    const auto at = term.find('=');
    const bool wanted = term[at - 1] != '!';
    const Value* value = &object;
    for (std::string_view key : base::split(term.substr(0, at - (wanted ? 0 : 1)), '.'))
      value = value == nullptr ? nullptr : value->find(key);
    const bool equal =
        value != nullptr && value->is_string() && value->string() == term.substr(at + 1);
    if (equal != wanted) return false;
  }
  return true;
}

base::Error no_object(const Ref& ref) {
  return base::Error{base::ExitCode::cluster, "cannot change " + ref.text()}.because(
      fmt::format("Error from server (NotFound): \"{}\" not found", ref.name));
}

}  // namespace

bool selects(std::string_view selector, const Value* labels) {
  const auto terms = split_selector(selector);
  return std::all_of(terms.begin(), terms.end(),
                     [labels](std::string_view term) { return holds(term, labels); });
}

void make_ready(Object& object) {
  const Ref ref = kube::ref_of(object);
  Value status = Value::map();
  const auto say = [&status](const char* type) {
    status.set("conditions", Value::list().push(Value().set("type", type).set("status", "True")));
  };
  const std::int64_t replicas = kube::int_at(object, {"spec", "replicas"}, 1);
  const std::int64_t generation = kube::int_at(object, {"metadata", "generation"}, 1);
  if (ref.kind == "Deployment" || ref.kind == "StatefulSet")
    for (const char* key : {"replicas", "updatedReplicas", "readyReplicas", "availableReplicas"})
      status.set(key, replicas);
  if (ref.kind == "DaemonSet")
    for (const char* key : {"desiredNumberScheduled", "currentNumberScheduled", "numberReady",
                            "updatedNumberScheduled", "numberAvailable"})
      status.set(key, 1);
  if (ref.group == "apps") status.set("observedGeneration", generation);
  if (ref.kind == "Deployment" || ref.kind == "APIService") say("Available");
  if (ref.kind == "Job") say("Complete");
  if (ref.kind == "CustomResourceDefinition") say("Established");
  if (ref.kind == "PersistentVolumeClaim") status.set("phase", "Bound");
  if (status.size() != 0) object.set("status", std::move(status));
}

FakeCluster& FakeCluster::add(const std::string& manifests) {
  auto objects = kube::read_objects(doc::Source("fake", manifests));
  if (!objects.ok()) throw std::invalid_argument(objects.error().message);
  for (Object& object : *objects) add(std::move(object));
  return *this;
}

FakeCluster& FakeCluster::add(Object object) {
  const Key key = key_of(kube::ref_of(object));
  objects_.insert_or_assign(key, std::move(object));
  return *this;
}

FakeCluster& FakeCluster::fail(const std::string& verb, base::Error error) {
  failures_[verb].push_back(std::move(error));
  return *this;
}

FakeCluster& FakeCluster::deny(kube::Access access) {
  denied_.push_back(std::move(access));
  return *this;
}

FakeCluster& FakeCluster::answer(const std::string& path, std::string body) {
  bodies_[path] = std::move(body);
  return *this;
}

const Object* FakeCluster::find(std::string_view kind, std::string_view ns,
                                std::string_view name) const {
  for (const auto& [key, object] : objects_)
    if (key[1] == kind && key[2] == ns && key[3] == name) return &object;
  return nullptr;
}

Result<void> FakeCluster::pass(const std::string& verb) {
  auto& queue = failures_[verb];
  if (queue.empty()) return {};
  base::Error error = std::move(queue.front());
  queue.erase(queue.begin());
  return error;
}

Result<Objects> FakeCluster::list(const kube::Query& query) {
  WEFT_CHECK(pass("list"));
  Objects found;
  for (std::string_view resource : base::split(query.resource, ','))
    for (const auto& [key, object] : objects_) {
      if (!is_resource(object, resource)) continue;
      if (!query.ns.empty() && key[2] != query.ns) continue;
      if (!selects(query.selector, kube::at(object, {"metadata", "labels"}))) continue;
      if (field_selected(query.fields, object)) found.push_back(object);
    }
  return found;
}

Result<std::vector<std::optional<Object>>> FakeCluster::get_each(const std::vector<Ref>& refs) {
  WEFT_CHECK(pass("get"));
  std::vector<std::optional<Object>> found;
  for (const Ref& ref : refs) {
    const auto at = objects_.find(key_of(ref));
    found.push_back(at == objects_.end() ? std::nullopt : std::optional(at->second));
  }
  return found;
}

Result<Objects> FakeCluster::apply(const Objects& objects, const kube::Apply& how) {
  WEFT_CHECK(pass("apply"));
  Objects applied;
  std::string refused;
  for (const Object& desired : objects) {
    const Ref ref = kube::ref_of(desired);
    if (refuse && refuse(desired)) {
      refused = ref.text();
      continue;
    }
    const auto live = objects_.find(key_of(ref));
    Object object = live == objects_.end() ? Object() : live->second;
    const Object before = object;
    merge(object, desired);
    if (!(object == before)) {
      Value& metadata = *object.find("metadata");
      const auto generation = kube::int_at(before, {"metadata", "generation"}) + 1;
      metadata.set("generation", generation);
      metadata.set("resourceVersion", std::to_string(++resource_version_));
      if (metadata.find("uid") == nullptr)
        metadata.set("uid", fmt::format("uid-{}", resource_version_));
      if (workloads_get_ready) make_ready(object);
    }
    applied.push_back(object);
    if (how.dry_run) continue;
    calls_.push_back("apply " + ref.text());
    add(std::move(object));
  }
  if (!refused.empty())
    return base::Error{base::ExitCode::input, "cannot apply " + refused}.because(
        fmt::format("Error from server (Invalid): {} is invalid: spec", refused));
  return applied;
}

Result<void> FakeCluster::remove(const std::vector<Ref>& refs, const kube::Delete&) {
  WEFT_CHECK(pass("delete"));
  for (const Ref& ref : refs)
    if (objects_.erase(key_of(ref)) != 0) calls_.push_back("delete " + ref.text());
  return {};
}

Result<void> FakeCluster::patch(const Ref& ref, kube::PatchType type, const Value& patch) {
  WEFT_CHECK(pass("patch"));
  if (type == kube::PatchType::json)
    return base::Error{base::ExitCode::bug, "the fake cluster takes no JSON patches"};
  const auto at = objects_.find(key_of(ref));
  if (at == objects_.end()) return no_object(ref);
  merge(at->second, patch);
  calls_.push_back("patch " + ref.text());
  return {};
}

Result<std::vector<bool>> FakeCluster::may(const std::vector<kube::Access>& accesses) {
  WEFT_CHECK(pass("may"));
  std::vector<bool> answers;
  for (const kube::Access& access : accesses)
    answers.push_back(std::none_of(denied_.begin(), denied_.end(), [&](const kube::Access& no) {
      return no.verb == access.verb && no.group == access.group && no.resource == access.resource &&
             (no.ns.empty() || no.ns == access.ns);
    }));
  return answers;
}

Result<std::string> FakeCluster::raw(const std::string& path) {
  WEFT_CHECK(pass("raw"));
  const auto at = bodies_.find(path);
  if (at != bodies_.end()) return at->second;
  return base::Error{base::ExitCode::cluster, "cannot read " + path}.because(
      "Error from server (NotFound): the server could not find the requested resource");
}

Result<kube::ServerInfo> FakeCluster::server() {
  WEFT_CHECK(pass("server"));
  return kube::ServerInfo{kube::parse_version(version).value(), "linux/amd64"};
}

}  // namespace weft::testkit
