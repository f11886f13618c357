#include "lib/pattern/planning/leaving.h"

#include <algorithm>

#include "lib/base/format.h"

namespace weft::pattern {
namespace {

using base::Result;

std::string identity(const kube::Ref& ref, const std::string& ns) {
  return fmt::format("{}/{}/{}/{}", ref.group, ref.kind, ns, ref.name);
}

// The smaller goes first.
int rank_of(const kube::Ref& ref) {
  if (ref.kind == "Namespace" || ref.kind == "CustomResourceDefinition") return 2;
  return ref.ns.empty() ? 1 : 0;
}

}  // namespace

Result<std::vector<kube::Ref>> find_leaving(kube::Cluster& cluster, const Inventory& inventory,
                                            const Holdings& holdings,
                                            const Resolution& resolution) {
  std::set<std::string> kept;
  for (const Part& part : resolution.parts)
    for (const kube::Object& object : part.objects) {
      const kube::Ref ref = kube::ref_of(object);
      kept.insert(identity(ref, ref.ns));
      // A kind that was not known to have no namespace when the file was read.
      if (kube::find_kind(ref.group, ref.kind) == nullptr) kept.insert(identity(ref, ""));
    }
  WEFT_TRY(members, list_members(cluster, inventory, holdings));
  std::vector<kube::Ref> out;
  for (const kube::Object& member : members) {
    kube::Ref ref = kube::ref_of(member);
    if (!kept.contains(identity(ref, ref.ns))) out.push_back(std::move(ref));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const kube::Ref& a, const kube::Ref& b) { return rank_of(a) < rank_of(b); });
  return out;
}

Result<void> remove_members(kube::Cluster& cluster, const std::vector<kube::Ref>& refs,
                            const kube::WaitOptions& wait) {
  constexpr std::size_t kBatch = 200;
  for (std::size_t at = 0; at < refs.size(); at += kBatch) {
    const auto begin = refs.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kBatch, refs.size() - at));
    const std::vector<kube::Ref> some(begin, begin + count);
    WEFT_CHECK(cluster.remove(some, {}));
    WEFT_TRY(gone, kube::wait_gone(cluster, some, wait));
    if (auto error = gone.error()) return *error;
  }
  return {};
}

bool is_marked(const kube::Object& ns) {
  return kube::at(ns, {"metadata", "labels"}) != nullptr ||
         kube::at(ns, {"metadata", "annotations"}) != nullptr;
}

std::set<std::string> marked_in(const Resolution& resolution) {
  std::set<std::string> out;
  for (const kube::Object& ns : resolution.namespaces)
    if (is_marked(ns)) out.emplace(kube::name_of(ns));
  return out;
}

kube::Objects unmarked(const Holdings& holdings, const Resolution& resolution) {
  std::set<std::string> stay = marked_in(resolution);
  for (const Part& part : resolution.parts)
    for (const kube::Object& object : part.objects)
      if (kube::ref_of(object).kind == "Namespace") stay.emplace(kube::name_of(object));
  kube::Objects out;
  for (const std::string& name : holdings.marks)
    if (!stay.contains(name))
      out.push_back(kube::stub_of(kube::make_ref("v1", "Namespace", "", name)));
  return out;
}

}  // namespace weft::pattern
