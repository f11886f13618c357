// A cluster in memory: objects are stored, found and removed; workloads that are applied get ready
// at once unless told otherwise. It knows no schema, no admission and no rights but those denied.
//
//   testkit::FakeCluster cluster;
//   cluster.add(R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "demo"}})");
//   cluster.fail("apply", base::Error{...});          // the next apply fails like that
//   CHECK(cluster.calls() == std::vector<std::string>{"apply ConfigMap demo/a"});
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/kube/cluster.h"

namespace weft::testkit {

class FakeCluster : public kube::Cluster {
 public:
  // Objects of a YAML or JSON text, as they are: status included.
  FakeCluster& add(const std::string& manifests);
  FakeCluster& add(const char* manifests) { return add(std::string(manifests)); }
  FakeCluster& add(kube::Object object);
  // The next call of that verb (list, get, apply, delete, patch, may, raw, server) fails.
  FakeCluster& fail(const std::string& verb, base::Error error);
  FakeCluster& deny(kube::Access access);
  FakeCluster& answer(const std::string& path, std::string body);  // of raw()

  bool workloads_get_ready = true;
  // Objects that apply refuses, as invalid; those beside them are applied all the same.
  std::function<bool(const kube::Object&)> refuse;
  std::string version = "v1.34.2";
  std::string context = "fake";

  const kube::Object* find(std::string_view kind, std::string_view ns, std::string_view name) const;
  std::size_t size() const { return objects_.size(); }
  // What changed something: "apply ConfigMap demo/a", "delete Pod demo/b", "patch Namespace demo".
  const std::vector<std::string>& calls() const { return calls_; }

  base::Result<kube::Objects> list(const kube::Query& query) override;
  base::Result<std::vector<std::optional<kube::Object>>> get_each(
      const std::vector<kube::Ref>& refs) override;
  base::Result<kube::Objects> apply(const kube::Objects& objects, const kube::Apply& how) override;
  base::Result<void> remove(const std::vector<kube::Ref>& refs, const kube::Delete& how) override;
  base::Result<void> patch(const kube::Ref& ref, kube::PatchType type,
                           const doc::Value& patch) override;  // merge patches only
  base::Result<std::vector<bool>> may(const std::vector<kube::Access>& accesses) override;
  base::Result<std::string> raw(const std::string& path) override;
  base::Result<kube::ServerInfo> server() override;
  base::Result<std::string> context_name() override { return context; }

 private:
  using Key = std::array<std::string, 4>;  // group, kind, namespace, name
  static Key key_of(const kube::Ref& ref) { return {ref.group, ref.kind, ref.ns, ref.name}; }
  base::Result<void> pass(const std::string& verb);

  std::map<Key, kube::Object> objects_;
  std::map<std::string, std::vector<base::Error>> failures_;
  std::map<std::string, std::string> bodies_;
  std::vector<kube::Access> denied_;
  std::vector<std::string> calls_;
  std::int64_t resource_version_ = 0;
};

// kubectl's --selector: "a=b,c!=d,e in (f,g),!h".
bool selects(std::string_view selector, const doc::Value* labels);

// Status as the controllers write it once everything runs.
void make_ready(kube::Object& object);

}  // namespace weft::testkit
