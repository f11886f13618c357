// Uses a second thread: fetching the next chunk overlaps with parsing the last.
#include "lib/mesh/pods.h"

#include <future>

#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/kube/object.h"

namespace weft::mesh {
namespace {

using base::Result;

constexpr int kChunk = 500;
constexpr std::size_t kMostAnnotation = 512;

std::map<std::string, std::string> text_map(const doc::Value* map) {
  std::map<std::string, std::string> out;
  if (map == nullptr || !map->is_map()) return out;
  for (const auto& member : map->members())
    if (member.value.is_string())
      out.emplace(member.key, member.value.string().substr(0, kMostAnnotation));
  return out;
}

bool is_ready(const doc::Value& pod, std::string_view statuses, std::string_view container) {
  for (const auto& status : kube::list_at(pod, {"status", statuses}))
    if (kube::text_at(status, {"name"}) == container) return kube::bool_at(status, {"ready"});
  return false;
}

void add_containers(const doc::Value& pod, bool init, std::vector<Container>& out) {
  const char* specs = init ? "initContainers" : "containers";
  const char* statuses = init ? "initContainerStatuses" : "containerStatuses";
  for (const auto& container : kube::list_at(pod, {"spec", specs})) {
    const std::string name(kube::text_at(container, {"name"}));
    out.push_back({name, std::string(kube::text_at(container, {"image"})),
                   is_ready(pod, statuses, name), init});
  }
}

struct Page {
  std::vector<Pod> pods;
  std::string next;  // token of the next chunk; empty at the end
};

Result<std::string> fetch(kube::Cluster& cluster, const std::string& ns, const std::string& token) {
  const std::string scope = ns.empty() ? "" : fmt::format("/namespaces/{}", ns);
  std::string path = fmt::format("/api/v1{}/pods?limit={}", scope, kChunk);
  if (!token.empty()) path += "&continue=" + token;
  return cluster.raw(path);
}

// The token stands near the start, in the list's metadata: read it without parsing the rest, so
// that the next chunk can be asked for at once.
std::string token_in(std::string_view body) {
  constexpr std::string_view kKey = "\"continue\":\"";
  const std::string_view head = body.substr(0, 4096);
  const auto at = head.find(kKey);
  if (at == std::string_view::npos || at > head.find("\"items\"")) return "";
  const auto begin = at + kKey.size();
  const auto end = body.find('"', begin);
  return end == std::string_view::npos ? "" : std::string(body.substr(begin, end - begin));
}

Result<void> add_pods(std::string body, std::vector<Pod>& out) {
  WEFT_TRY(document, doc::read_json(doc::Source("the list of pods", std::move(body))));
  for (const auto& item : kube::list_at(document.root, {"items"})) {
    const auto phase = kube::text_at(item, {"status", "phase"});
    const bool leaving = kube::at(item, {"metadata", "deletionTimestamp"}) != nullptr;
    if (phase != "Succeeded" && phase != "Failed" && !leaving) out.push_back(pod_of(item));
  }
  return {};
}

}  // namespace

Pod pod_of(const doc::Value& object) {
  Pod pod;
  pod.ns = kube::namespace_of(object);
  pod.name = kube::name_of(object);
  const auto owners = kube::list_at(object, {"metadata", "ownerReferences"});
  if (!owners.empty())
    pod.owner = fmt::format("{} {}", kube::text_at(owners.front(), {"kind"}),
                            kube::text_at(owners.front(), {"name"}));
  pod.running = kube::text_at(object, {"status", "phase"}) == "Running";
  pod.host_network = kube::bool_at(object, {"spec", "hostNetwork"});
  pod.labels = text_map(kube::at(object, {"metadata", "labels"}));
  pod.annotations = text_map(kube::at(object, {"metadata", "annotations"}));
  add_containers(object, true, pod.containers);
  add_containers(object, false, pod.containers);
  return pod;
}

Result<std::vector<Pod>> read_pods(kube::Cluster& cluster, const std::string& ns, bool ahead) {
  std::vector<Pod> pods;
  WEFT_TRY(first, fetch(cluster, ns, ""));
  std::string body = std::move(first);
  for (;;) {
    const std::string token = token_in(body);
    std::future<Result<std::string>> next;
    if (!token.empty())
      next = std::async(ahead ? std::launch::async : std::launch::deferred,
                        [&cluster, &ns, token] { return fetch(cluster, ns, token); });
    WEFT_CHECK(add_pods(std::move(body), pods));
    if (token.empty()) return pods;
    WEFT_TRY(following, next.get());
    body = std::move(following);
  }
}

}  // namespace weft::mesh
