// What a pattern holds in a cluster and its file has no longer.
//
//   WEFT_TRY(refs, find_leaving(cluster, inventory, holdings_of(parent), resolution));
#pragma once

#include "lib/kube/wait.h"
#include "lib/pattern/planning/inventory.h"
#include "lib/pattern/resolving/resolve.h"

namespace weft::pattern {

// Members of the inventory that no service is, in the order in which they may be deleted: what
// others live in or are of, namespaces and definitions, last.
base::Result<std::vector<kube::Ref>> find_leaving(kube::Cluster& cluster,
                                                  const Inventory& inventory,
                                                  const Holdings& holdings,
                                                  const Resolution& resolution);

// Deletes and waits until they are gone, some at a time: a call has a time limit.
base::Result<void> remove_members(kube::Cluster& cluster, const std::vector<kube::Ref>& refs,
                                  const kube::WaitOptions& wait);

// A namespace with labels or annotations, which a trait wants there.
bool is_marked(const kube::Object& ns);
// Namespaces that traits mark: those of resolution.namespaces with labels or annotations.
std::set<std::string> marked_in(const Resolution& resolution);

// Namespaces that were marked and are no longer, without the marks: applied, they take them off.
kube::Objects unmarked(const Holdings& holdings, const Resolution& resolution);

}  // namespace weft::pattern
