// What a pattern has put into a cluster, by the ApplySet convention of kubectl (KEP-3659): a
// ConfigMap is the parent and says which kinds and namespaces have members; every member carries
// the parent's id as a label.
//
//   const Inventory inventory{"shop", "default"};
//   label_member(object, inventory.id());
//   WEFT_TRY(members, list_members(cluster, inventory, parent));
#pragma once

#include <map>
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

// Whose an object is that lives already. Both patterns apply it as the same manager, so the server
// sees no conflict: each apply would take away what only the other says.
class Owners {
 public:
  Owners(kube::Cluster& cluster, const Inventory& inventory)
      : cluster_(cluster), inventory_(inventory) {}

  // "pattern timeouts", "ApplySet tools/site"; empty when the object is nobody's, or the pattern's
  // own. The cluster is asked once for each owner.
  base::Result<std::string> other_than_us(const kube::Object& live);

 private:
  base::Result<std::string> name_of(const std::string& id);

  kube::Cluster& cluster_;
  const Inventory& inventory_;
  std::map<std::string, std::string> names_;  // by the id of an ApplySet
};
inline constexpr const char* kTakeOver =
    "put what both say into one pattern, take the object out of the other one, or take it over "
    "with --force-conflicts, which drops what only the other one says";

}  // namespace weft::pattern
