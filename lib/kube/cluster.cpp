#include "lib/kube/cluster.h"

namespace weft::kube {
namespace {

using base::Result;

doc::Value as_map(const Cluster::Changes& changes) {
  doc::Value map = doc::Value::map();
  for (const auto& [key, value] : changes) map.set(key, value ? doc::Value(*value) : doc::Value());
  return map;
}

doc::Value nested(std::initializer_list<const char*> path, doc::Value inner) {
  for (auto key = path.end(); key != path.begin();) {
    doc::Value outer;
    outer.set(*--key, std::move(inner));
    inner = std::move(outer);
  }
  return inner;
}

}  // namespace

Result<std::optional<Object>> Cluster::get(const Ref& ref) {
  WEFT_TRY(found, get_each({ref}));
  return std::move(found.at(0));
}

Result<bool> Cluster::may_i(const Access& access) {
  WEFT_TRY(answers, may({access}));
  return static_cast<bool>(answers.at(0));
}

Result<void> Cluster::label(const Ref& ref, const Changes& labels) {
  return patch(ref, PatchType::merge, nested({"metadata", "labels"}, as_map(labels)));
}

Result<void> Cluster::annotate(const Ref& ref, const Changes& annotations) {
  return patch(ref, PatchType::merge, nested({"metadata", "annotations"}, as_map(annotations)));
}

Result<void> Cluster::restart(const Ref& workload, base::WallTime now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  const Changes stamp{{"kubectl.kubernetes.io/restartedAt", base::format_rfc3339(second)}};
  return patch(workload, PatchType::merge,
               nested({"spec", "template", "metadata", "annotations"}, as_map(stamp)));
}

}  // namespace weft::kube
