// What a pattern has put into a cluster, by the ApplySet convention of kubectl (KEP-3659): a
// ConfigMap is the parent and says which kinds and namespaces have members; every member carries
// the parent's id as a label.
//
//   const Inventory inventory{"shop", "default"};
//   label_member(object, inventory.id());
//   WEFT_TRY(members, list_members(cluster, inventory, parent));
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/kube/cluster.h"

namespace weft::pattern {

inline constexpr const char* kMemberLabel = "applyset.kubernetes.io/part-of";
inline constexpr const char* kParentLabel = "applyset.kubernetes.io/id";

struct Inventory {
  std::string pattern;  // its name
  std::string ns;       // of the parent

  kube::Ref parent() const;  // ConfigMap weft-pattern-<name>
  std::string id() const;    // "applyset-<base64url(sha256(name.namespace.kind.group))>-v1"
};

// A name that Kubernetes allows, made of any text.
std::string object_name(std::string_view text);

void label_member(kube::Object& object, const std::string& id);

// What the parent says it holds.
struct Holdings {
  std::set<std::string> kinds;       // "Deployment.apps", "Service"
  std::set<std::string> namespaces;  // besides the parent's own
  std::set<std::string> meshes;      // ids of those that the pattern installed, in no order
  std::set<std::string> marks;       // namespaces that it labelled without being their maker
};
void add_holdings(Holdings& out, const kube::Objects& objects);
kube::Object parent_of(const Inventory& inventory, const Holdings& holdings,
                       const std::string& weft_version);
Holdings holdings_of(const kube::Object& parent);

// Every member that lives. Kinds that are no longer served have none. Who may not list a kind
// everywhere is asked for the namespaces that hold members.
base::Result<kube::Objects> list_members(kube::Cluster& cluster, const Inventory& inventory,
                                         const Holdings& holdings);

}  // namespace weft::pattern
