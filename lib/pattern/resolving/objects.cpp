#include "lib/pattern/resolving/objects.h"

#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/pattern/resolving/kinds.h"

namespace weft::pattern {
namespace {

using base::Result;
using doc::Value;

// Fields of objects that do not stand below spec.
bool is_top_level(std::string_view key) {
  constexpr std::array<std::string_view, 17> kKeys = {
      "spec",     "data",     "stringData", "binaryData", "rules",   "subjects",
      "roleRef",  "secrets",  "immutable",  "type",       "subsets", "imagePullSecrets",
      "metadata", "webhooks", "status",     "scopes",     "auth"};
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

bool is_whole(const Service& service, std::string_view kind) {
  if (service.is_whole || has_no_spec(kind)) return true;
  const Value* spec = service.settings.find("spec");
  if (spec == nullptr || !spec->is_map()) return false;
  return std::all_of(service.settings.members().begin(), service.settings.members().end(),
                     [](const doc::Member& each) {
                       return is_top_level(each.key) || each.key == "name" ||
                              each.key == "namespace";
                     });
}

Value metadata_of(const Service& service, const std::string& ns, bool namespaced) {
  Value out;
  out.set("name", service.name);
  if (namespaced) out.set("namespace", service.ns.empty() ? ns : service.ns);
  if (service.labels.is_map() && service.labels.size() != 0) out.set("labels", service.labels);
  if (service.annotations.is_map() && service.annotations.size() != 0)
    out.set("annotations", service.annotations);
  return out;
}

// Name and namespace may stand in the settings once more.
bool repeats_identity(const Service& service, std::string_view key, const Value& value) {
  if (!value.is_string()) return false;
  return (key == "name" && (value.string() == service.name || value.string() == service.key)) ||
         (key == "namespace" && value.string() == service.ns);
}

Value pod_labels(const Service& service) {
  Value out;
  out.set("app", service.name);
  const Value* more = kube::at(service.settings, {"advanced", "labels"});
  if (more != nullptr && more->is_map())
    for (const doc::Member& label : more->members()) out.set(label.key, label.value);
  return out;
}

Value ports_of(const Value& containers) {
  Value out = Value::list();
  for (const Value& container : containers.items())
    for (const Value& port : kube::list_at(container, {"ports"})) {
      const Value* number = port.find("containerPort");
      if (number == nullptr) continue;
      const auto name = kube::text_at(port, {"name"});
      Value one;
      one.set("name", name.empty()
                          ? fmt::format("port-{}", number->is_int() ? number->integer() : 0)
                          : std::string(name))
          .set("port", *number)
          .set("targetPort", *number);
      if (const Value* protocol = port.find("protocol")) one.set("protocol", *protocol);
      out.push(std::move(one));
    }
  return out;
}

Value head(std::string_view api_version, std::string_view kind) {
  Value out;
  out.set("apiVersion", api_version).set("kind", kind);
  return out;
}

}  // namespace

kube::Object object_of(const Service& service, const Type& type, const std::string& ns) {
  Value out = head(type.api_version, type.name);
  out.set("metadata", metadata_of(service, ns, type.namespaced));
  const bool whole = is_whole(service, type.name);
  Value spec = Value::map();
  for (const doc::Member& field : service.settings.members()) {
    if (field.key == "metadata" || field.key == "status") continue;
    if (!service.is_whole && repeats_identity(service, field.key, field.value)) continue;
    (whole ? out : spec).set(field.key, field.value);
  }
  if (!whole && spec.size() != 0) out.set("spec", std::move(spec));
  out.set_position(service.at);
  return out;
}

Result<kube::Objects> application_of(const Service& service, const std::string& ns) {
  const std::vector<std::string> known{"containers", "replicas", "advanced", "name", "namespace"};
  for (const doc::Member& setting : service.settings.members())
    if (std::find(known.begin(), known.end(), setting.key) == known.end())
      return service.error(setting.key_position,
                           fmt::format("Application has no setting {}{}", setting.key,
                                       base::did_you_mean(setting.key, known)),
                           "a Deployment takes everything that Kubernetes knows");
  const Value* containers = service.settings.find("containers");
  if (containers == nullptr || !containers->is_list() || containers->size() == 0)
    return service.error(service.at, fmt::format("application {} has no containers", service.key),
                         "settings: {containers: [{name: web, image: ...}]}");
  Value selector;
  selector.set("app", service.name);
  for (const char* key : {"version", "custom.app"})
    if (const Value* label = kube::at(service.settings, {"advanced", "labels", key}))
      selector.set(key, *label);
  Value metadata = metadata_of(service, ns, true);
  Value pod, pod_metadata, pod_spec, spec, matches;
  pod_metadata.set("labels", pod_labels(service));
  pod_spec.set("containers", *containers);
  pod.set("metadata", std::move(pod_metadata)).set("spec", std::move(pod_spec));
  matches.set("matchLabels", std::move(selector));
  if (const Value* replicas = service.settings.find("replicas")) spec.set("replicas", *replicas);
  spec.set("selector", std::move(matches)).set("template", std::move(pod));
  Value deployment = head("apps/v1", "Deployment");
  deployment.set("metadata", metadata).set("spec", std::move(spec));
  kube::Objects out{std::move(deployment)};
  const bool wanted = kube::bool_at(service.settings, {"advanced", "create_service"}, true) &&
                      !kube::bool_at(service.settings, {"advanced", "skip_service"});
  Value ports = ports_of(*containers);
  if (!wanted || ports.size() == 0) return out;
  Value reach, service_spec;
  reach.set("app", service.name);
  service_spec.set("selector", std::move(reach)).set("ports", std::move(ports));
  Value web = head("v1", "Service");
  web.set("metadata", std::move(metadata)).set("spec", std::move(service_spec));
  out.push_back(std::move(web));
  return out;
}

kube::Object namespace_object(const std::string& name) {
  Value metadata;
  metadata.set("name", name);
  Value out = head("v1", "Namespace");
  out.set("metadata", std::move(metadata));
  return out;
}

}  // namespace weft::pattern
