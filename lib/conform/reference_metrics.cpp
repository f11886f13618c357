#include "lib/conform/reference_metrics.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/conform/reference_text.h"

namespace weft::conform {
namespace {

using doc::Value;

constexpr std::string_view kGroup = "metrics.smi-spec.io";
constexpr std::array<std::string_view, 2> kVersions{"v1alpha2", "v1alpha1"};

Value group_answer() {
  Value versions = Value::list();
  for (const std::string_view version : kVersions)
    versions.push(Value::map()
                      .set("groupVersion", fmt::format("{}/{}", kGroup, version))
                      .set("version", version));
  return Value::map()
      .set("kind", "APIGroup")
      .set("apiVersion", "v1")
      .set("name", kGroup)
      .set("versions", std::move(versions));
}

Value kinds_answer(std::string_view version) {
  Value resources = Value::list();
  for (const char* name :
       {"deployments", "pods", "daemonsets", "statefulsets", "namespaces", "trafficsplits"})
    resources.push(
        Value::map().set("name", name).set("kind", "TrafficMetrics").set("namespaced", true));
  return Value::map()
      .set("kind", "APIResourceList")
      .set("groupVersion", fmt::format("{}/{}", kGroup, version))
      .set("resources", std::move(resources));
}

// In thousandths, as a quantity: "12m" are 12 milliseconds.
std::string latency_at(const std::vector<double>& ascending, double quantile) {
  if (ascending.empty()) return "0";
  const auto last = static_cast<double>(ascending.size() - 1);
  const double seconds = ascending[static_cast<std::size_t>(std::ceil(quantile * last))];
  return fmt::format("{}m", std::llround(seconds * 1000));
}

class Answers {
 public:
  Answers(const ReferenceMesh& mesh, std::string_view version,
          std::span<const ServedRequest> requests)
      : mesh_(mesh), version_(version), requests_(requests) {}

  // What arrived at the application.
  Value of_app(const std::string& name) const {
    return metrics(workload(name), Value::map().set("direction", "from").set("side", "server"),
                   matching("", name));
  }

  Value edges_of(const std::string& name) const {
    Value items = Value::list();
    for (const MeshPod& other : mesh_.pods()) {
      add_edge(items, name, other.name, "from", "server", matching(other.name, name));
      add_edge(items, name, other.name, "to", "client", matching(name, other.name));
    }
    return list_of(workload(name), std::move(items));
  }

  Value of_split(const kube::Object& split) const {
    Value items = Value::list();
    const Value& body = body_of(split);
    for (const Value& backend : list_in(body, "backends")) {
      const std::string name = text_in(backend, "service");
      const Value* weight = backend.find("weight");
      Value item =
          metrics(resource("TrafficSplit", std::string(kube::name_of(split))),
                  Value::map().set("direction", "to").set("side", "client"), matching("", name));
      item.set("backend", Value::map()
                              .set("apex", text_in(body, "service"))
                              .set("name", name)
                              .set("weight", weight == nullptr ? Value(std::int64_t{0}) : *weight));
      items.push(std::move(item));
    }
    return list_of(resource("TrafficSplit", std::string(kube::name_of(split))), std::move(items));
  }

 private:
  Value resource(std::string_view kind, const std::string& name) const {
    return Value::map().set("kind", kind).set("namespace", mesh_.options().ns).set("name", name);
  }
  Value workload(const std::string& name) const { return resource("Deployment", name); }

  std::vector<const ServedRequest*> matching(const std::string& source,
                                             const std::string& target) const {
    std::vector<const ServedRequest*> out;
    for (const ServedRequest& one : requests_)
      if ((source.empty() || one.source == source) && one.target == target) out.push_back(&one);
    return out;
  }

  void add_edge(Value& items, const std::string& name, const std::string& other,
                std::string_view direction, std::string_view side,
                const std::vector<const ServedRequest*>& requests) const {
    if (requests.empty()) return;
    const bool reversed = mesh_.is_broken("metrics-edges-reversed");
    const std::string_view told = !reversed ? direction : direction == "to" ? "from" : "to";
    items.push(metrics(
        workload(name),
        Value::map().set("direction", told).set("side", side).set("resource", workload(other)),
        requests));
  }

  Value metrics(Value resource, Value edge,
                const std::vector<const ServedRequest*>& requests) const {
    std::vector<double> times;
    std::int64_t good = 0;
    std::int64_t bad = 0;
    for (const ServedRequest* one : requests) {
      times.push_back(one->seconds);
      ++(one->status < 500 ? good : bad);
    }
    std::ranges::sort(times);
    if (mesh_.is_broken("metrics-undercount")) good /= 2;
    if (mesh_.is_broken("metrics-no-failures")) bad = 0;
    const bool swapped = mesh_.is_broken("metrics-quantiles-swapped");
    Value list = Value::list();
    const auto add = [&](std::string_view name, std::string_view unit, const std::string& value) {
      Value one = Value::map().set("name", name);
      if (!unit.empty()) one.set("unit", unit);
      list.push(std::move(one.set("value", value)));
    };
    add("p99_response_latency", "seconds", latency_at(times, swapped ? 0.5 : 0.99));
    add("p90_response_latency", "seconds", latency_at(times, 0.9));
    add("p50_response_latency", "seconds", latency_at(times, swapped ? 0.99 : 0.5));
    add("success_count", "", fmt::format("{}", good));
    add("failure_count", "", fmt::format("{}", bad));
    return Value::map()
        .set("kind", "TrafficMetrics")
        .set("apiVersion", fmt::format("{}/{}", kGroup, version_))
        .set("resource", std::move(resource))
        .set("edge", std::move(edge))
        .set("timestamp", "2020-01-01T00:00:00Z")
        .set("window", "30s")
        .set("metrics", std::move(list));
  }

  Value list_of(Value resource, Value items) const {
    return Value::map()
        .set("kind", "TrafficMetricsList")
        .set("apiVersion", fmt::format("{}/{}", kGroup, version_))
        .set("resource", std::move(resource))
        .set("items", std::move(items));
  }

  const ReferenceMesh& mesh_;
  const std::string_view version_;
  const std::span<const ServedRequest> requests_;
};

}  // namespace

std::vector<ServedRequest> read_access_log(const ReferenceMesh& mesh, const std::string& target,
                                           std::string_view lines) {
  std::map<std::string, std::string, std::less<>> names;
  for (const MeshPod& pod : mesh.pods()) names[pod.address] = pod.name;
  std::vector<ServedRequest> out;
  for (const std::string_view line : base::split(lines, '\n')) {
    const auto parts = base::split(line, ' ');
    if (parts.size() != 3) continue;
    const auto status = base::parse_uint(parts[1]);
    const auto seconds = base::parse_double(parts[2]);
    if (!status || *status > 599 || !seconds) continue;
    const auto source = names.find(parts[0]);
    out.push_back(
        {source == names.end() ? "" : source->second, target, static_cast<int>(*status), *seconds});
  }
  return out;
}

std::optional<Value> metrics_answer(const ReferenceMesh& mesh, std::string_view path,
                                    std::span<const ServedRequest> requests) {
  // "", apis, group, version, namespaces, NS, deployments, NAME, edges
  const auto parts = base::split(path, '/');
  if (parts.size() < 3 || parts[1] != "apis" || parts[2] != kGroup) return std::nullopt;
  if (parts.size() == 3) return group_answer();
  if (std::ranges::count(kVersions, parts[3]) == 0) return std::nullopt;
  if (parts.size() == 4) return kinds_answer(parts[3]);
  if (parts.size() < 8 || parts[4] != "namespaces") return std::nullopt;
  const Answers answers(mesh, parts[3], requests);
  const std::string name(parts[7]);
  const bool there = std::ranges::count(mesh.pods(), name, &MeshPod::name) > 0;
  if (parts[6] == "deployments" && there)
    return parts.size() == 9 && parts[8] == "edges" ? answers.edges_of(name) : answers.of_app(name);
  const kube::Object* split =
      parts[6] == "trafficsplits" ? mesh.find("TrafficSplit", name) : nullptr;
  return split == nullptr ? std::nullopt : std::optional(answers.of_split(*split));
}

}  // namespace weft::conform
