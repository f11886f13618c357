// Onboarding, readiness, detection, upgrade, removal: what is known about a mesh that runs.
#include "lib/mesh/capabilities.h"
#include "lib/mesh/read_parts.h"

namespace weft::mesh {
namespace {

using doc::Fields;

void read_onboarding(Fields& in, const KnownNames& known, Onboarding& way) {
  in.get("mode", way.mode).get("namespaceLabels", way.namespace_labels);
  in.get("namespaceAnnotations", way.namespace_annotations).get("podLabels", way.pod_labels);
  in.get("podAnnotations", way.pod_annotations).get("revisionLabel", way.revision_label);
  in.get("exclusive", way.exclusive).get("optOut", way.opt_out).get("restart", way.restart);
  in.get("note", way.note);
  if (!way.mode.empty()) check_known(in, "mode", {way.mode}, known.modes);
}

void read_policy(Fields& in, NamespacePolicy& policy) {
  in.need("name", policy.name).get("manifest", policy.manifest);
  in.get("labels", policy.labels).get("annotations", policy.annotations);
  check_known(in, "name", {policy.name}, {"deny", "mtls=strict", "mtls=permissive"});
}

// `names` stands for one row each.
void read_ready(Fields& in, const KnownNames& known, std::vector<Ready>& out) {
  struct Rows {
    Ready one;
    std::vector<std::string> names;
  };
  std::vector<Rows> all;
  in.each("ready", all, [&known](Fields& f, Rows& rows) {
    f.need("kind", rows.one.kind).get("namespace", rows.one.ns).get("name", rows.one.name);
    f.get("names", rows.names).get("selector", rows.one.selector).get("when", rows.one.when);
    check_known(f, "when", rows.one.when, known.modes_and_features());
    const int given =
        int{!rows.one.name.empty()} + int{!rows.names.empty()} + int{!rows.one.selector.empty()};
    if (f.ok() && given != 1) f.fail("name", "or names or selector, one of them, must be given");
  });
  for (auto& rows : all) {
    if (rows.names.empty()) out.push_back(rows.one);
    for (auto& name : rows.names) {
      rows.one.name = std::move(name);
      out.push_back(rows.one);
    }
  }
}

void read_webhooks(Fields& in, Webhooks& webhooks) {
  in.get("mutating", webhooks.mutating).get("validating", webhooks.validating);
  in.get("runtime", webhooks.runtime).get("note", webhooks.note);
}

void read_signature(Fields& in, Signature& signature) {
  in.need("component", signature.component).need("kind", signature.kind);
  in.get("namespace", signature.ns).get("name", signature.name);
  in.get("selector", signature.selector).get("container", signature.container);
  if (in.ok() && signature.name.empty() && signature.selector.empty())
    in.fail("name", "or selector must be given");
}

void read_detect(Fields& in, Detect& detect) {
  in.each("workloads", detect.workloads, read_signature);
  in.get("webhooks", detect.webhooks).get("namespaces", detect.namespaces);
  in.get("revisionLabel", detect.revision_label);
  in.part("dataplane", detect.dataplane, [](Fields& f, Dataplane& plane) {
    f.get("containers", plane.containers).get("initContainers", plane.init_containers);
    f.get("labels", plane.labels).get("annotations", plane.annotations);
  });
}

void read_preflight(Fields& in, Preflight& preflight) {
  in.get("kernel", preflight.kernel).get("modules", preflight.modules);
  in.get("psa", preflight.psa).get("injectPsa", preflight.inject_psa);
  in.get("ports", preflight.ports).get("arch", preflight.arch);
  in.get("storage", preflight.storage).get("alone", preflight.alone).get("cni", preflight.cni);
  in.get("notes", preflight.notes);
}

void read_upgrade(Fields& in, const KnownNames& known, Upgrade& upgrade) {
  in.get("maxMinorSkip", upgrade.max_minor_skip).get("rules", upgrade.rules);
  in.part("canary", upgrade.canary, [&known](Fields& f, Canary& canary) {
    f.need("steps", canary.steps).need("value", canary.value);
    f.get("tags", canary.tags).get("podLabel", canary.pod_label);
    f.get("maxMinorSkip", canary.max_minor_skip);
    check_known(f, "steps", canary.steps, known.steps);
  });
}

void read_cleanup(Fields& in, Cleanup& cleanup) {
  get_enum(in, "action", cleanup.action);
  in.get("kind", cleanup.kind).get("namespace", cleanup.ns).get("name", cleanup.name);
  in.get("group", cleanup.group).get("why", cleanup.why);
  const bool whole = cleanup.action == CleanupAction::delete_object
                         ? !cleanup.kind.empty() && !cleanup.name.empty()
                         : !cleanup.group.empty();
  if (in.ok() && !whole)
    in.fail("action", "lacks its object", "delete-object has kind and name, the others a group");
}

void read_uninstall(Fields& in, Uninstall& uninstall) {
  in.each("before", uninstall.before, read_cleanup).each("after", uninstall.after, read_cleanup);
  in.each("leftovers", uninstall.leftovers, [](Fields& f, Leftover& left) {
    f.need("kind", left.kind).get("namespace", left.ns).get("name", left.name);
    f.get("selector", left.selector).get("note", left.note);
    get_enum(f, "delete", left.remove);
  });
  in.get("danger", uninstall.danger);
}

void read_capabilities(Fields& in, std::map<std::string, Support>& out) {
  in.part("capabilities", out, [](Fields& f, std::map<std::string, Support>& by_id) {
    for (const auto& capability : capabilities()) {
      const std::string id(capability.id);
      if (f.find(id) != nullptr) get_enum(f, id, by_id[id]);
    }
  });
}

}  // namespace

void read_operation(Fields& in, const KnownNames& known, Mesh& mesh) {
  in.each("onboarding", mesh.onboarding,
          [&known](Fields& f, Onboarding& way) { read_onboarding(f, known, way); });
  in.each("namespacePolicies", mesh.policies, read_policy);
  read_ready(in, known, mesh.ready);
  in.part("webhooks", mesh.webhooks, read_webhooks);
  in.get("crdGroups", mesh.crd_groups).part("detect", mesh.detect, read_detect);
  in.get("conflicts", mesh.conflicts).get("requires", mesh.needs);
  in.part("preflight", mesh.preflight, read_preflight);
  in.part("upgrade", mesh.upgrade,
          [&known](Fields& f, Upgrade& upgrade) { read_upgrade(f, known, upgrade); });
  in.part("skew", mesh.skew, [](Fields& f, Skew& skew) {
    f.get("dataplaneBehind", skew.dataplane_behind).get("note", skew.note);
  });
  in.part("uninstall", mesh.uninstall, read_uninstall);
  const auto field = [](Fields& f, auto& at) {
    f.need("kind", at.kind).get("name", at.name).need("path", at.path);
  };
  in.each("nondeterministic", mesh.nondeterministic, field);
  in.each("ssaForce", mesh.ssa_force, field);
  read_capabilities(in, mesh.capabilities);
  in.get("capabilitiesOf", mesh.capabilities_of).get("caveats", mesh.caveats);
}

}  // namespace weft::mesh
