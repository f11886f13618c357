#include "lib/mesh/proxies.h"

#include <algorithm>

#include "lib/base/text.h"

namespace weft::mesh {
namespace {

using Texts = std::map<std::string, std::string>;

bool has_any(const Texts& wanted, const Texts& present) {
  return std::ranges::any_of(wanted, [&](const auto& entry) {
    const auto found = present.find(entry.first);
    return found != present.end() && (entry.second.empty() || found->second == entry.second);
  });
}

bool named_so(const std::vector<std::string>& patterns, const Container& container) {
  return std::ranges::any_of(patterns,
                             [&](const auto& pattern) { return fits(pattern, container.name); });
}

// Labels or annotations: catalogue files name both in one list where a mesh takes either.
bool carries_all(const Texts& wanted, const kube::Object& object, bool labels) {
  return !wanted.empty() && std::ranges::all_of(wanted, [&](const auto& entry) {
    return (labels ? kube::label_of(object, entry.first)
                   : kube::annotation_of(object, entry.first)) == entry.second;
  });
}

bool joins(const Onboarding& way, const kube::Object& ns) {
  return carries_all(way.namespace_labels, ns, true) ||
         carries_all(way.namespace_annotations, ns, false) ||
         (!way.revision_label.empty() && !kube::label_of(ns, way.revision_label).empty());
}

// Of a version as the catalogue counts them: an edge release of Linkerd is one of 2.x.
std::optional<Minor> minor_in(const Mesh& mesh, std::string_view version) {
  const auto row = version_of(mesh, version);
  return parse_minor(row ? std::string_view(row->version) : version);
}

}  // namespace

std::string version_of_image(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const auto slash = image.rfind('/');
  const auto colon = image.rfind(':');
  if (colon == std::string_view::npos || (slash != std::string_view::npos && colon < slash))
    return "";
  std::string_view tag = image.substr(colon + 1);
  for (const std::string_view variant : {"-distroless", "-debug", "-ubi", "-fips"})
    if (tag.ends_with(variant)) tag.remove_suffix(variant.size());
  return std::string(tag);
}

std::optional<PodProxy> proxy_of(const Dataplane& dataplane, const Pod& pod) {
  for (const Container& container : pod.containers)
    if (named_so(container.init ? dataplane.init_containers : dataplane.containers, container)) {
      // An init container may only prepare the network; the proxy itself says the version.
      const auto proxy = std::ranges::find_if(pod.containers, [&](const Container& each) {
        return named_so(dataplane.containers, each);
      });
      const Container& best = proxy != pod.containers.end() ? *proxy : container;
      return PodProxy{version_of_image(best.image), best.name, best.ready};
    }
  if (has_any(dataplane.labels, pod.labels) || has_any(dataplane.annotations, pod.annotations))
    return PodProxy{};
  return std::nullopt;
}

const Onboarding* onboarding_of(const Mesh& mesh, const kube::Object& ns) {
  const auto found =
      std::ranges::find_if(mesh.onboarding, [&](const auto& way) { return joins(way, ns); });
  return found == mesh.onboarding.end() ? nullptr : &*found;
}

Wish wish_of(const Mesh& mesh, const Pod& pod) {
  for (const Onboarding& way : mesh.onboarding)
    if (has_any(way.opt_out, pod.labels) || has_any(way.opt_out, pod.annotations))
      return Wish::stay_out;
  for (const Onboarding& way : mesh.onboarding)
    if (has_any(way.pod_labels, pod.labels) || has_any(way.pod_annotations, pod.annotations))
      return Wish::join;
  return Wish::none;
}

std::string_view name_of(SkewVerdict verdict) {
  constexpr std::string_view kNames[] = {"ok", "ok (behind)", "too old", "ahead", "unknown"};
  return kNames[static_cast<std::size_t>(verdict)];
}

SkewVerdict judge_skew(const Mesh& mesh, std::string_view control_plane, std::string_view proxy) {
  if (!proxy.empty() && proxy == control_plane) return SkewVerdict::same;
  const auto control = minor_in(mesh, control_plane);
  const auto data = minor_in(mesh, proxy);
  if (!control || !data) return SkewVerdict::unknown;
  const auto behind = minors_between(*data, *control);
  if (!behind) return SkewVerdict::unknown;
  if (*behind < 0) return SkewVerdict::ahead;
  if (*behind == 0) return SkewVerdict::same;
  const bool allowed = *behind <= static_cast<std::int64_t>(mesh.skew.dataplane_behind);
  return allowed ? SkewVerdict::behind : SkewVerdict::too_far_behind;
}

}  // namespace weft::mesh
