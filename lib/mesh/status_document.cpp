#include "lib/mesh/status.h"

namespace weft::mesh {
namespace {

doc::Value number(std::size_t value) { return doc::Value(static_cast<std::uint64_t>(value)); }

void set_text(doc::Value& out, const char* key, const std::string& text) {
  if (!text.empty()) out.set(key, text);
}

doc::Value texts(const std::vector<std::string>& list) {
  doc::Value out = doc::Value::list();
  for (const auto& text : list) out.push(text);
  return out;
}

std::string_view state_name(kube::State state) {
  switch (state) {
    case kube::State::ready:
      return "ready";
    case kube::State::failed:
      return "failed";
    default:
      return "waiting";
  }
}

doc::Value component_document(const ComponentStatus& component) {
  doc::Value out;
  out.set("component", component.component)
      .set("kind", component.ref.kind)
      .set("namespace", component.ref.ns)
      .set("name", component.ref.name);
  set_text(out, "version", component.version);
  out.set("state", state_name(component.readiness.state))
      .set("ready_pods", component.readiness.have)
      .set("wanted_pods", component.readiness.want);
  set_text(out, "detail", component.readiness.detail);
  set_text(out, "release", component.release);
  return out;
}

doc::Value mesh_document(const MeshStatus& mesh) {
  doc::Value out;
  out.set("mesh", mesh.mesh).set("name", mesh.name);
  set_text(out, "revision", mesh.revision);
  set_text(out, "namespace", mesh.ns);
  set_text(out, "version", mesh.version);
  out.set("managed_by", mesh.managed_by).set("ready", mesh.ready());
  doc::Value components = doc::Value::list();
  for (const auto& component : mesh.components) components.push(component_document(component));
  return out.set("components", std::move(components)).set("warnings", texts(mesh.warnings));
}

doc::Value plane_document(const MeshPlane& plane) {
  doc::Value proxies = doc::Value::list();
  for (const ProxyGroup& group : plane.data.proxies) {
    doc::Value one;
    set_text(one, "version", group.version);
    proxies.push(one.set("pods", number(group.pods))
                     .set("not_ready", number(group.not_ready))
                     .set("skew", name_of(group.skew))
                     .set("namespaces", texts(group.namespaces)));
  }
  doc::Value namespaces = doc::Value::list();
  for (const MeshNamespace& ns : plane.data.namespaces) {
    doc::Value one;
    one.set("name", ns.name).set("onboarded", ns.onboarded);
    set_text(one, "mode", ns.mode);
    namespaces.push(one.set("meshed_pods", number(ns.meshed))
                        .set("missing_pods", number(ns.missing))
                        .set("surplus_pods", number(ns.surplus)));
  }
  doc::Value certificates = doc::Value::list();
  for (const HeldCertificate& held : plane.certificates.held) {
    doc::Value one;
    certificates.push(one.set("what", held.what)
                          .set("object", held.object)
                          .set("subject", held.subject)
                          .set("days_left", std::int64_t{held.days_left}));
  }
  doc::Value out;
  return out.set("mesh", plane.mesh)
      .set("proxies", std::move(proxies))
      .set("namespaces", std::move(namespaces))
      .set("certificates", std::move(certificates));
}

}  // namespace

doc::Value to_document(const ClusterStatus& status) {
  doc::Value meshes = doc::Value::list();
  for (const MeshStatus& mesh : status.meshes) meshes.push(mesh_document(mesh));
  doc::Value planes = doc::Value::list();
  for (const MeshPlane& plane : status.planes) planes.push(plane_document(plane));
  doc::Value webhooks = doc::Value::list();
  for (const CheckResult& result : status.webhooks.results)
    if (result.verdict != Verdict::ok)
      webhooks.push(result.subject.empty() ? result.detail : result.subject + ": " + result.detail);
  doc::Value document;
  return document.set("schema", "weft.status/v1")
      .set("context", status.context)
      .set("server_version", status.server)
      .set("ready", status.ready())
      .set("meshes", std::move(meshes))
      .set("data_planes", std::move(planes))
      .set("webhook_warnings", std::move(webhooks))
      .set("unknown", texts(status.unknown));
}

}  // namespace weft::mesh
