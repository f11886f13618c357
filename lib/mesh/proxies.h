// The data plane as its pods show it: which pods carry a mesh's proxy, of which version, which
// should, and whether the proxies fit the control plane.
//
//   if (const auto proxy = proxy_of(mesh.detect.dataplane, pod)) count(proxy->version);
//   judge_skew(*mesh, "1.30.3", "1.28.1");           // SkewVerdict::too_far_behind
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/kube/object.h"
#include "lib/mesh/mesh.h"
#include "lib/mesh/pods.h"

namespace weft::mesh {

struct PodProxy {
  std::string version;  // of the image's tag; empty for pods served by a proxy of the node
  std::string container;
  bool ready = true;
};

// Absent when the pod carries none.
std::optional<PodProxy> proxy_of(const Dataplane& dataplane, const Pod& pod);

// "1.30.3" of "docker.io/istio/proxyv2:1.30.3-distroless@sha256:...": the tag without digest and
// without the words that name a variant. Empty when there is no tag.
std::string version_of_image(std::string_view image);

// How the namespace belongs to the mesh; nullptr when it does not.
const Onboarding* onboarding_of(const Mesh& mesh, const kube::Object& ns);

// What the pod itself asks for, against its namespace.
enum class Wish { none, join, stay_out };
Wish wish_of(const Mesh& mesh, const Pod& pod);

enum class SkewVerdict { same, behind, too_far_behind, ahead, unknown };
std::string_view name_of(
    SkewVerdict verdict);  // "ok", "ok (behind)", "too old", "ahead", "unknown"
SkewVerdict judge_skew(const Mesh& mesh, std::string_view control_plane, std::string_view proxy);

}  // namespace weft::mesh
