// The cluster as an interface: what commands and library need of kubectl, and what a test can
// stand in for (testkit::FakeCluster).
//
//   WEFT_TRY(pods, cluster.list({.resource = "pods", .ns = "istio-system", .selector =
//   "app=istiod"})); WEFT_TRY(found, cluster.get(kube::make_ref("v1", "Namespace", "",
//   "istio-system")));
//
// Every call has a deadline. Errors name what was asked for and carry the right exit code:
// cluster (unreachable, unauthorised, not found), tool, timeout, interrupted; errors.h has the
// classes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/kube/object.h"
#include "lib/kube/version.h"

namespace weft::kube {

struct Query {
  std::string resource;  // "pods", "deployments.apps", several: "deployments.apps,pods"
  std::string ns;        // "" is all namespaces, and right for kinds without one
  std::string selector;  // of labels
  std::string fields;    // field selector
};

struct Apply {
  bool force = false;    // take fields over from other managers
  bool dry_run = false;  // ask the server what would come out
  std::string manager = "weft";
};

enum class Cascade { background, foreground, orphan };
struct Delete {
  Cascade cascade = Cascade::background;
  bool wait = false;                                     // until the objects are gone
  base::Nanoseconds timeout = std::chrono::seconds(60);  // of that wait
};

enum class PatchType { merge, json, strategic };

struct Access {
  std::string verb;      // "create"
  std::string group;     // "apps"
  std::string resource;  // "deployments", "pods/exec"
  std::string ns;        // "" is every namespace
};

struct ServerInfo {
  Version version;
  std::string platform;  // "linux/amd64"
};

class Cluster {
 public:
  virtual ~Cluster() = default;

  virtual base::Result<Objects> list(const Query& query) = 0;
  // In the order asked for; absent where the object, or its kind, does not exist.
  virtual base::Result<std::vector<std::optional<Object>>> get_each(
      const std::vector<Ref>& refs) = 0;
  // Server-side. The objects as the server has them now; failure `conflict` when others own
  // fields. Objects before a refused one stay applied.
  virtual base::Result<Objects> apply(const Objects& objects, const Apply& how) = 0;
  // Objects that do not exist are no error.
  virtual base::Result<void> remove(const std::vector<Ref>& refs, const Delete& how) = 0;
  virtual base::Result<void> patch(const Ref& ref, PatchType type, const doc::Value& patch) = 0;
  virtual base::Result<std::vector<bool>> may(const std::vector<Access>& accesses) = 0;
  // The body of a GET on a path: "/readyz?verbose".
  virtual base::Result<std::string> raw(const std::string& path) = 0;
  virtual base::Result<ServerInfo> server() = 0;
  virtual base::Result<std::string> context_name() = 0;

  // What follows is made of the calls above.
  base::Result<std::optional<Object>> get(const Ref& ref);
  base::Result<bool> may_i(const Access& access);
  using Changes = std::map<std::string, std::optional<std::string>>;  // absent removes the key
  base::Result<void> label(const Ref& ref, const Changes& labels);
  base::Result<void> annotate(const Ref& ref, const Changes& annotations);
  // What `kubectl rollout restart` does: a new template annotation makes new pods.
  base::Result<void> restart(const Ref& workload, base::WallTime now);
};

}  // namespace weft::kube
