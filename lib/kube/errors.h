// What kubectl and helm complained about, as classes with a remedy and an exit code.
//
// Every error of this module keeps the tool's own words in Error::cause; failure_of() reads the
// class from them, so a caller can act on it:
//
//   const auto applied = cluster.apply(objects, {});
//   if (!applied && failure_of(applied.error()) == Failure::conflict) show(conflicts_in(...));
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/proc/runner.h"

namespace weft::kube {

enum class Failure {
  other,
  unreachable,   // no API server answers
  no_context,    // the kubeconfig has no such context, or nothing usable
  unauthorised,  // 401, certificates, expired tokens
  forbidden,     // 403
  not_found,     // the object
  no_such_kind,  // the kind: its CRD is missing, or the version is gone
  already_exists,
  conflict,  // server-side apply: another manager owns fields
  modified,  // the object changed between reading and writing it
  invalid,   // the API server refused the content
  quota,
  policy,       // Pod Security or an admission policy refused
  webhook,      // an admission webhook does not answer
  refused,      // an admission webhook answered no
  immutable,    // a field that cannot be changed
  terminating,  // the namespace is being deleted
  namespace_missing,
  release_exists,
  release_pending,  // another operation, or one that was killed
  release_missing,
  no_deployed_release,  // only failed revisions
  ownership,            // an object exists that is not of this release
  not_ready,            // helm waited in vain
  rolled_back,
  rollback_failed,
  kubernetes_version,  // outside the chart's kubeVersion
  bad_values,          // the chart's schema
  chart_refuses,       // fail or required in a template
  chart_missing,       // chart or repository not found
  bad_chart,           // it does not parse or render
  unknown_flag,        // a tool of another version than was detected
  timeout,
  interrupted
};

// The table that help and tests read.
struct FailureRow {
  Failure failure;
  std::string_view name;  // "release-pending": stable, for programs
  base::ExitCode code;
  std::string_view remedy;
};
std::span<const FailureRow> failures();
const FailureRow& row_of(Failure failure);

// The class of what a tool wrote. Case does not matter.
Failure classify(std::string_view text);
Failure failure_of(const base::Error& error);

// The tool's complaint without its log lines, warnings and prefixes ("Error: ", "INSTALLATION
// FAILED: "), at most 4 kB.
std::string complaint_of(std::string_view stderr_text);

// The error for a tool that ended with another code than 0. `what` is the object of the sentence:
// "cannot apply 3 objects".
base::Error tool_error(std::string what, const proc::Command& command,
                       const proc::Finished& finished);

// Fields that others own, from the text of a conflict.
struct Conflict {
  std::string object;   // "Deployment istio-system/istiod" when the text names it, else ""
  std::string manager;  // "kubectl-client-side-apply"
  std::vector<std::string> fields;  // ".webhooks[name=\"x\"].failurePolicy"
};
std::vector<Conflict> conflicts_in(std::string_view text);

// What stands in the way of a helm release, from the text of an ownership error.
struct ForeignObject {
  std::string object;   // "ClusterRole prometheus"
  std::string release;  // the release that owns it, "" when none does
  std::string ns;       // of that release
};
std::vector<ForeignObject> foreign_objects_in(std::string_view text);

}  // namespace weft::kube
