// Uses threads: parts are read side by side, those that are plain lists with one call.
#include "lib/mesh/snapshot.h"

#include <algorithm>
#include <future>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/kube/errors.h"
#include "lib/kube/object.h"

namespace weft::mesh {
namespace {

using base::Error;
using base::Result;

constexpr const char* kGatewayGroup = "gateway.networking.k8s.io";
constexpr const char* kGatewayCrd = "gateways.gateway.networking.k8s.io";

struct PartRow {
  Part part;
  std::string_view name;
  const char* resource;  // of parts that are plain lists
  const char* selector;
  kube::Objects Snapshot::*objects;
};

constexpr PartRow kParts[] = {
    {Part::server, "server version", nullptr, "", nullptr},
    {Part::api_groups, "API groups", nullptr, "", nullptr},
    {Part::namespaces, "namespaces", "namespaces", "", &Snapshot::namespaces},
    {Part::nodes, "nodes", "nodes", "", &Snapshot::nodes},
    {Part::workloads, "workloads", "deployments.apps,statefulsets.apps,daemonsets.apps", "",
     &Snapshot::workloads},
    {Part::webhooks, "admission webhooks",
     "mutatingwebhookconfigurations.admissionregistration.k8s.io,"
     "validatingwebhookconfigurations.admissionregistration.k8s.io",
     "", &Snapshot::webhooks},
    {Part::endpoints, "endpoints", "endpointslices.discovery.k8s.io", "", &Snapshot::endpoints},
    {Part::storage_classes, "storage classes", "storageclasses.storage.k8s.io", "",
     &Snapshot::storage_classes},
    {Part::gateway_api, "Gateway API", nullptr, "", nullptr},
    {Part::pods, "pods", nullptr, "", nullptr},
    {Part::releases, "helm releases", nullptr, "", nullptr},
    {Part::records, "records of weft", "configmaps", "weft.dev/record=install", &Snapshot::records},
    {Part::rights, "rights", nullptr, "", nullptr},
};

const PartRow& row_of(Part part) { return kParts[static_cast<std::size_t>(part)]; }

Result<void> read_server(kube::Cluster& cluster, Snapshot& out) {
  WEFT_TRY(server, cluster.server());
  out.server = server;
  WEFT_TRY(context, cluster.context_name());
  out.context = context;
  return {};
}

Result<void> read_groups(kube::Cluster& cluster, Snapshot& out) {
  WEFT_TRY(body, cluster.raw("/apis"));
  WEFT_TRY(document, doc::read_json(doc::Source("/apis", body)));
  for (const auto& group : kube::list_at(document.root, {"groups"})) {
    out.api_groups.emplace_back(kube::text_at(group, {"name"}));
    for (const auto& version : kube::list_at(group, {"versions"}))
      out.api_versions.emplace_back(kube::text_at(version, {"groupVersion"}));
  }
  return {};
}

Result<void> read_gateway_crd(kube::Cluster& cluster, Snapshot& out) {
  WEFT_TRY(crd, cluster.get(kube::make_ref("apiextensions.k8s.io/v1", "CustomResourceDefinition",
                                           "", kGatewayCrd)));
  out.gateway_crd = std::move(crd);
  return {};
}

Result<void> read_releases(kube::Helm* helm, Snapshot& out) {
  if (helm == nullptr) return Error{base::ExitCode::tool, "helm is not at hand"};
  WEFT_TRY(releases, helm->list(""));
  out.releases = std::move(releases);
  return {};
}

Result<void> read_rights(kube::Cluster& cluster, Snapshot& out) {
  WEFT_TRY(everything, cluster.may_i({"*", "*", "*", ""}));
  out.may_everything = everything;
  return {};
}

// Those that can be read together: starting a program takes longer than most of the lists.
bool is_plain_list(Part part) {
  const PartRow& row = row_of(part);
  return row.resource != nullptr && *row.selector == '\0';
}

// Fills one part. Parts write to members of their own, so this may run on several threads.
Result<void> read_part(Part part, kube::Cluster& cluster, kube::Helm* helm, Reading reading,
                       Snapshot& out) {
  const PartRow& row = row_of(part);
  if (row.resource != nullptr) {
    WEFT_TRY(objects, cluster.list({.resource = row.resource, .selector = row.selector}));
    out.*row.objects = std::move(objects);
    return {};
  }
  switch (part) {
    case Part::server:
      return read_server(cluster, out);
    case Part::api_groups:
      return read_groups(cluster, out);
    case Part::gateway_api:
      return read_gateway_crd(cluster, out);
    case Part::releases:
      return read_releases(helm, out);
    case Part::rights:
      return read_rights(cluster, out);
    default: {
      WEFT_TRY(pods, read_pods(cluster, "", reading == Reading::side_by_side));
      out.pods = std::move(pods);
      return {};
    }
  }
}

const PartRow* row_holding(const kube::Object& object) {
  const kube::Ref ref = kube::ref_of(object);
  std::string resource = kube::plural_of(ref.group, ref.kind);
  if (!ref.group.empty()) resource += '.' + ref.group;
  const auto* found = std::ranges::find_if(kParts, [&resource](const PartRow& row) {
    const auto listed = base::split(row.resource == nullptr ? "" : row.resource, ',');
    return is_plain_list(row.part) && std::ranges::find(listed, resource) != listed.end();
  });
  return found == std::end(kParts) ? nullptr : found;
}

// Several plain lists with one call; what may not be read fails all of them.
Result<void> read_lists(const std::set<Part>& lists, kube::Cluster& cluster, Snapshot& out) {
  if (lists.empty()) return {};
  std::vector<std::string> resources;
  resources.reserve(lists.size());
  for (const Part part : lists) resources.emplace_back(row_of(part).resource);
  WEFT_TRY(objects, cluster.list({.resource = base::join(resources, ",")}));
  for (kube::Object& object : objects)
    if (const PartRow* row = row_holding(object)) (out.*row->objects).push_back(std::move(object));
  return {};
}

// Not a matter of rights: nothing else can be read either.
bool is_fatal(const Error& error) {
  switch (kube::failure_of(error)) {
    case kube::Failure::unreachable:
    case kube::Failure::no_context:
    case kube::Failure::unauthorised:
      return true;
    default:
      return error.code == base::ExitCode::interrupted || error.code == base::ExitCode::timeout;
  }
}

std::string reason_of(const Error& error) {
  return error.cause.empty() ? error.message : fmt::format("{}: {}", error.message, error.cause);
}

}  // namespace

std::string_view name_of(Part part) { return row_of(part).name; }

const kube::Object* Snapshot::ns(std::string_view name) const {
  for (const auto& object : namespaces)
    if (kube::name_of(object) == name) return &object;
  return nullptr;
}

Result<Snapshot> read_snapshot(kube::Cluster& cluster, kube::Helm* helm,
                               const std::set<Part>& parts, Reading reading) {
  Snapshot out;
  const auto launch = reading == Reading::side_by_side ? std::launch::async : std::launch::deferred;
  std::map<Part, std::future<Result<void>>> running;
  const auto begin = [&](Part part) {
    running.emplace(part, std::async(launch, [&cluster, helm, part, reading, &out] {
                      return read_part(part, cluster, helm, reading, out);
                    }));
  };
  std::set<Part> lists;
  // Most clusters have no Gateway API, and their API groups tell.
  const bool groups_tell = parts.contains(Part::api_groups) && parts.contains(Part::gateway_api);
  for (const Part part : parts) {
    if (is_plain_list(part))
      lists.insert(part);
    else if (part != Part::gateway_api || !groups_tell)
      begin(part);
  }
  const auto together = read_lists(lists, cluster, out);
  const bool lost = !together.ok() && is_fatal(together.error());
  if (together.ok())
    out.read = lists;
  else if (!lost)  // each for itself, to know which
    for (const Part part : lists) begin(part);
  std::optional<Error> fatal;
  const auto settle = [&](Part part, const Result<void>& done) {
    if (done.ok()) {
      out.read.insert(part);
    } else if (is_fatal(done.error()) && part != Part::releases) {
      if (!fatal) fatal = done.error();
    } else {
      out.unknown.emplace(part, reason_of(done.error()));
    }
  };
  for (auto& [part, future] : running) settle(part, future.get());
  if (groups_tell && !fatal && !lost) {
    const bool absent = out.knows(Part::api_groups) &&
                        std::ranges::find(out.api_groups, kGatewayGroup) == out.api_groups.end();
    settle(Part::gateway_api, absent ? Result<void>() : read_gateway_crd(cluster, out));
  }
  if (fatal) return *std::move(fatal);
  if (lost) return together.error();
  return out;
}

}  // namespace weft::mesh
