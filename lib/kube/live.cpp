#include "lib/kube/live.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/kube/errors.h"

namespace weft::kube {
namespace {

using base::Error;
using base::Result;

// Not a matter of rights: nothing else can be read either.
bool is_fatal(const Error& error) {
  switch (failure_of(error)) {
    case Failure::unreachable:
    case Failure::no_context:
    case Failure::unauthorised:
      return true;
    default:
      return error.code == base::ExitCode::interrupted || error.code == base::ExitCode::timeout;
  }
}

std::string reason_of(const Error& error) {
  return error.cause.empty() ? error.message : error.cause;
}

bool is_listed(const doc::Value& resource) {
  const auto verbs = list_at(resource, {"verbs"});
  return text_at(resource, {"name"}).find('/') == std::string_view::npos &&
         std::find(verbs.begin(), verbs.end(), doc::Value("list")) != verbs.end();
}

// Adds what is served below `path`, "/apis/apps/v1", and is wanted.
Result<void> discover(Cluster& cluster, const std::string& path, std::string_view group,
                      const std::function<bool(std::string_view name)>& wanted,
                      std::vector<Resource>& out) {
  WEFT_TRY(body, cluster.raw(path));
  WEFT_TRY(document, doc::read_json(doc::Source(path, std::move(body))));
  for (const auto& resource : list_at(document.root, {"resources"})) {
    std::string name(text_at(resource, {"name"}));
    if (!group.empty()) name += fmt::format(".{}", group);
    if (is_listed(resource) && wanted(name))
      out.push_back({std::move(name), bool_at(resource, {"namespaced"})});
  }
  return {};
}

void remove_key(doc::Value* map, std::string_view key) {
  if (map == nullptr || !map->is_map() || map->find(key) == nullptr) return;
  doc::Map kept;
  for (doc::Member& member : map->members())
    if (member.key != key) kept.push_back(std::move(member));
  map->members() = std::move(kept);
}

bool is_controlled(const Object& object) {
  const auto owners = list_at(object, {"metadata", "ownerReferences"});
  return std::any_of(owners.begin(), owners.end(), [](const doc::Value& owner) {
    return bool_at(owner, {"controller"}) && find_kind("", text_at(owner, {"kind"})) == nullptr;
  });
}

void blank(doc::Value* values) {
  if (values == nullptr || !values->is_map()) return;
  for (doc::Member& member : values->members()) member.value = "";
}

Object cleaned(Object object) {
  doc::Value* metadata = object.find("metadata");
  for (const char* key :
       {"managedFields", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink"})
    remove_key(metadata, key);
  doc::Value* annotations = metadata == nullptr ? nullptr : metadata->find("annotations");
  remove_key(annotations, "kubectl.kubernetes.io/last-applied-configuration");
  if (text_at(object, {"kind"}) == "Secret" && text_at(object, {"apiVersion"}) == "v1")
    blank(object.find("data"));
  return object;
}

void keep(Objects found, Live& out) {
  for (Object& object : found)
    if (!is_controlled(object)) out.objects.push_back(cleaned(std::move(object)));
}

// helm keeps whole charts in Secrets, a megabyte each.
std::string fields_of(const Resource& resource) {
  return resource.name == "secrets" ? "type!=helm.sh/release.v1" : "";
}

Result<void> read_alone(Cluster& cluster, const Resource& resource, const std::string& ns,
                        Live& out) {
  auto found = cluster.list({.resource = resource.name, .fields = fields_of(resource)});
  if (found.ok()) {
    keep(std::move(*found), out);
    return {};
  }
  if (is_fatal(found.error())) return found.error();
  const std::string reason = reason_of(found.error());
  if (failure_of(found.error()) == Failure::forbidden && resource.namespaced && !ns.empty()) {
    if (auto here =
            cluster.list({.resource = resource.name, .ns = ns, .fields = fields_of(resource)});
        here.ok()) {
      keep(std::move(*here), out);
      out.gaps.push_back({fmt::format("{} outside {}", resource.name, ns), reason});
      return {};
    }
  }
  out.gaps.push_back({resource.name, reason});
  return {};
}

}  // namespace

Result<std::vector<Resource>> live_resources(
    Cluster& cluster, const std::vector<std::string>& plain,
    const std::function<bool(std::string_view group)>& wanted) {
  const auto is_plain = [&plain](std::string_view name) {
    return std::find(plain.begin(), plain.end(), name) != plain.end();
  };
  std::vector<Resource> all;
  WEFT_CHECK(discover(cluster, "/api/v1", "", is_plain, all));
  WEFT_TRY(body, cluster.raw("/apis"));
  WEFT_TRY(document, doc::read_json(doc::Source("/apis", std::move(body))));
  for (const auto& group : list_at(document.root, {"groups"})) {
    const std::string_view name = text_at(group, {"name"});
    const bool whole = wanted(name);
    const bool part = std::any_of(plain.begin(), plain.end(), [&](const std::string& resource) {
      return resource.ends_with(fmt::format(".{}", name));
    });
    if (!whole && !part) continue;
    const auto path = fmt::format("/apis/{}", text_at(group, {"preferredVersion", "groupVersion"}));
    const auto found = discover(
        cluster, path, name, [&](std::string_view each) { return whole || is_plain(each); }, all);
    // An aggregated API whose server is down takes nothing else with it.
    if (!found.ok() && is_fatal(found.error())) return found.error();
  }
  return all;
}

Result<Live> read_live(Cluster& cluster, const std::vector<Resource>& resources,
                       const std::string& ns) {
  Live out;
  std::vector<Resource> together;
  for (const Resource& resource : resources) {
    if (fields_of(resource).empty())
      together.push_back(resource);
    else
      WEFT_CHECK(read_alone(cluster, resource, ns, out));
  }
  if (together.empty()) return out;
  std::vector<std::string> names;
  names.reserve(together.size());
  for (const Resource& resource : together) names.push_back(resource.name);
  auto all = cluster.list({.resource = base::join(names, ",")});
  if (all.ok()) {
    keep(std::move(*all), out);
    return out;
  }
  if (is_fatal(all.error())) return all.error();
  for (const Resource& resource : together) WEFT_CHECK(read_alone(cluster, resource, ns, out));
  return out;
}

}  // namespace weft::kube
