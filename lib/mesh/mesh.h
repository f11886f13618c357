// One mesh as the catalogue knows it: plain facts, read from one YAML file (see catalog/istio.yaml
// and read_mesh.h). Nothing here is about a live cluster; detect.h compares the two.
//
//   WEFT_TRY(mesh, catalog.find("istio"));
//   for (const Step& step : mesh->steps) ...       // install order; uninstall is the reverse
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lib/doc/value.h"
#include "lib/mesh/versions.h"

namespace weft::mesh {

// An add-on serves any mesh: telemetry. It is installed like a mesh and never counts as one.
enum class Kind { mesh, addon };
enum class State { active, commercial, archived, ended, historical };
enum class Driver { helm, kustomize, external, none };  // none: known by name only

struct Status {
  State state = State::active;
  std::string since;                     // of a state other than active: "2023-07"
  std::string note;                      // one sentence
  std::vector<std::string> replaced_by;  // ids of the catalogue
  std::string successor;                 // for people, where no id can say it
};

struct Repo {
  std::string name;
  std::string url;
  std::string oci;  // "oci://..." prefix of the charts, where published
};

// A way of running the mesh. The first of a mesh is its default.
struct Mode {
  std::string name;
  std::string summary;
  std::map<std::string, doc::Value> values;  // helm values by step name
};

// Something that `--feature` switches on. "mtls=strict" is a name like any other.
struct Feature {
  std::string name;
  std::string summary;
  std::map<std::string, doc::Value> values;  // helm values by step name
  std::string manifest;                      // YAML applied when the mesh is ready
  std::vector<std::string> implies;          // other features of this mesh
  std::vector<std::string> modes;            // only in these; empty means all
  // Switched on by itself on such a cluster: "gateway-api-absent", "gateway-api-present",
  // "platform=gke" (gke, eks, aks, k3s, k3d, microk8s, minikube, openshift).
  std::string automatic;
};

// A named choice of features and values: `--profile production`.
struct Profile {
  std::string name;
  std::string summary;
  std::vector<std::string> features;
  std::map<std::string, doc::Value> values;  // helm values by step name
};

// Something that only the user knows and without which a step does not work.
struct Input {
  std::string name;
  std::string help;
  std::string step;
  std::string value;   // dotted path of the helm value that takes it, or
  std::string secret;  // the Secret in the step's namespace, with
  std::string key;     // this key in it
};

enum class Crds { none, templates, folder, runtime, hook };

struct Step {
  std::string name;     // unique in the mesh; the release name where nothing else is said
  std::string release;  // helm: release and chart; kustomize: path instead
  std::string chart;
  std::string repo;  // name of a Repo
  std::string path;  // below the kustomize source
  std::string ns;
  bool create_namespace = false;
  std::string chart_version;      // where it differs from the version's own
  std::vector<std::string> when;  // any of these modes or features; empty means always
  doc::Value values;              // helm values that are always given
  Crds crds = Crds::none;
  std::vector<std::string> then;  // kustomize: files applied once the step is ready
  std::string prepare;            // built-in preparation: "linkerd-identity"
};

// How a namespace or a pod joins the mesh.
struct Onboarding {
  std::string mode;                                     // empty: every mode
  std::map<std::string, std::string> namespace_labels;  // set on the namespace
  std::map<std::string, std::string> namespace_annotations;
  std::map<std::string, std::string> pod_labels;  // or set on one pod template
  std::map<std::string, std::string> pod_annotations;
  std::string revision_label;          // takes a revision or tag, in place of namespace_labels
  std::vector<std::string> exclusive;  // labels and annotations that must go first
  std::map<std::string, std::string> opt_out;  // label or annotation of a pod that stays outside
  bool restart = false;                        // running pods join when they are restarted
  std::string note;
};

// What makes a policy hold in one namespace: metadata of it, or objects that are put into it.
struct NamespacePolicy {
  std::string name;  // "deny": what is not allowed; "mtls=strict", "mtls=permissive"
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::string manifest;  // YAML; its objects name no namespace
};

// An object that must be ready before the mesh counts as installed.
struct Ready {
  std::string kind;
  std::string ns;
  std::string name;      // or
  std::string selector;  // "app=istiod"
  std::vector<std::string> when;
};

struct Webhooks {
  std::vector<std::string> mutating;  // names of configurations; * stands for any text
  std::vector<std::string> validating;
  bool runtime = false;  // made by the control plane, not by the chart
  std::string note;
};

// A control-plane workload by which a mesh is recognised.
struct Signature {
  std::string component;
  std::string kind;
  std::string ns;         // empty: any
  std::string name;       // * stands for any text; empty: any
  std::string selector;   // labels of the workload: "app=istiod,tier=x"; empty: any
  std::string container;  // whose image tag is the mesh's version; empty: says nothing about it
};

struct Dataplane {
  std::vector<std::string> containers;  // of an injected pod; * stands for any text
  std::vector<std::string> init_containers;
  std::map<std::string, std::string> labels;  // value "" means any
  std::map<std::string, std::string> annotations;
};

struct Detect {
  std::vector<Signature> workloads;
  std::vector<std::string> webhooks;    // mutating configurations; * stands for any text
  std::vector<std::string> namespaces;  // weak: used where nothing else is found
  std::string revision_label;
  Dataplane dataplane;
};

struct Preflight {
  std::string kernel;                // ">=5.10"
  std::vector<std::string> modules;  // kernel modules
  std::string psa;                   // Pod Security level that the control plane needs
  std::string inject_psa;            // that injected pods need
  std::vector<std::string> ports;    // "15017/tcp API server to istiod"
  std::vector<std::string> arch;
  bool storage = false;                      // a default StorageClass
  bool alone = false;                        // tolerates no other mesh in the cluster
  bool cni = false;                          // replaces the cluster's network: never by default
  std::map<std::string, std::string> notes;  // by topic
};

struct Canary {
  std::vector<std::string> steps;  // installed once more under the revision's name
  std::string value;               // dotted path of the helm value that takes the revision
  std::string tags;                // likewise of the list of tags that mean this revision
  std::string pod_label;           // names a pod's revision; "default" without one
  std::uint64_t max_minor_skip = 0;
};

struct Upgrade {
  std::uint64_t max_minor_skip = 1;
  Canary canary;                   // no steps: not supported
  std::vector<std::string> rules;  // for people, in the order to follow
};

struct Skew {
  std::uint64_t dataplane_behind = 0;  // minors that proxies may trail the control plane
  std::string note;
};

enum class CleanupAction { delete_object, delete_custom_resources, strip_finalizers };

struct Cleanup {
  CleanupAction action = CleanupAction::delete_object;
  std::string kind;  // delete_object
  std::string ns;
  std::string name;   // * stands for any text
  std::string group;  // the other two: every resource of this API group
  std::string why;
};

enum class LeftoverDelete { always, purge, never };

struct Leftover {
  std::string kind;  // "Node" for files on nodes, which nobody but a person can remove
  std::string ns;    // empty: every namespace, or cluster-scoped
  std::string name;  // * stands for any text
  std::string selector;
  LeftoverDelete remove = LeftoverDelete::purge;
  std::string note;
};

struct Uninstall {
  std::vector<Cleanup> before;
  std::vector<Cleanup> after;
  std::vector<Leftover> leftovers;
  std::string danger;  // said aloud before it starts
};

// An image that stands in no pod specification.
struct IndirectImage {
  std::string name;  // last part of the image's path: "proxyv2"
  std::string like;  // shares registry and tag with the rendered image of this last part; empty:
                     // written out in some ConfigMap, argument or variable of the render
};

struct Images {
  std::vector<IndirectImage> indirect;
  std::map<std::string, doc::Value> registry;  // values by step; {registry} stands for the mirror
};

// A field that differs between two renders of the same chart: masked in plans.
struct Mask {
  std::string kind;
  std::string name;  // * stands for any text; empty: any
  std::string path;  // "data", "webhooks[*].clientConfig.caBundle"
};

// A field that a controller edits: a server-side apply may take it back by force.
struct Forced {
  std::string kind;
  std::string name;
  std::string path;
};

enum class Support { no, partial, yes, annotation, raw, experimental, enterprise };

// What to do by hand where weft cannot install.
struct External {
  std::string reason;
  std::vector<std::string> next;
};

struct Mesh {
  std::string id;
  std::string name;
  std::string summary;
  Kind kind = Kind::mesh;
  std::vector<std::string> aliases;
  Status status;
  Driver driver = Driver::none;
  std::vector<Version> versions;  // newest first
  std::vector<Mode> modes;
  std::vector<Repo> repos;
  std::vector<Step> steps;
  std::vector<Input> inputs;
  std::vector<Feature> features;
  std::vector<Profile> profiles;
  std::vector<Onboarding> onboarding;
  std::vector<NamespacePolicy> policies;
  std::vector<Ready> ready;
  Webhooks webhooks;
  std::map<std::string, std::uint64_t> crd_groups;  // CRDs by API group, of the newest version
  Detect detect;
  std::vector<std::string> conflicts;  // ids that must not share a namespace with it
  std::vector<std::string> needs;      // ids that must be there first (`requires` in the file)
  Preflight preflight;
  Upgrade upgrade;
  Skew skew;
  Uninstall uninstall;
  Images images;
  std::vector<Mask> nondeterministic;
  std::vector<Forced> ssa_force;
  std::map<std::string, Support> capabilities;  // by id of capabilities.h; absent: not known
  std::string capabilities_of;       // id of the mesh underneath, whose capabilities hold here too
  std::vector<std::string> caveats;  // said beside the capabilities
  External external;

  const Step* step(std::string_view step_name) const;
  const Feature* feature(std::string_view feature_name) const;
  const Mode* mode(std::string_view mode_name) const;
};

std::string_view to_string(Kind kind);
std::string_view to_string(State state);
std::string_view to_string(Driver driver);
std::string_view to_string(Crds crds);
std::string_view to_string(LeftoverDelete remove);
std::string_view to_string(CleanupAction action);
std::string_view to_string(Support support);

// True when `text` fits `pattern`, in which * stands for any text.
bool fits(std::string_view pattern, std::string_view text);

}  // namespace weft::mesh
