#include "lib/kube/errors.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::kube {
namespace {

using base::ExitCode;

constexpr FailureRow kRows[] = {
    {Failure::other, "other", ExitCode::tool, ""},
    {Failure::unreachable, "unreachable", ExitCode::cluster,
     "check that the cluster runs and that --context and --kubeconfig name the right one"},
    {Failure::no_context, "no-context", ExitCode::cluster,
     "list the contexts with `kubectl config get-contexts`"},
    {Failure::unauthorised, "unauthorised", ExitCode::cluster,
     "log in again, or use a kubeconfig whose credentials are valid"},
    {Failure::forbidden, "forbidden", ExitCode::cluster,
     "ask for the rights, or use credentials that have them"},
    {Failure::not_found, "not-found", ExitCode::cluster, "check the name and the namespace"},
    {Failure::no_such_kind, "no-such-kind", ExitCode::cluster,
     "apply the CustomResourceDefinition of that kind first, or use a version the server has"},
    {Failure::already_exists, "already-exists", ExitCode::cluster, ""},
    {Failure::conflict, "conflict", ExitCode::cluster,
     "others manage these fields: leave them out, or take them over with --force-conflicts"},
    {Failure::modified, "modified", ExitCode::cluster, "run the command again"},
    {Failure::invalid, "invalid", ExitCode::input, "correct the named field"},
    {Failure::quota, "quota", ExitCode::cluster,
     "raise the namespace's ResourceQuota, or ask for less"},
    {Failure::policy, "policy", ExitCode::cluster,
     "label the namespace with the Pod Security level that the pods need, or change the policy"},
    {Failure::webhook, "webhook", ExitCode::cluster,
     "repair the Service behind that webhook, or delete the webhook configuration if its owner is "
     "gone"},
    {Failure::refused, "webhook-refused", ExitCode::cluster,
     "change what the webhook objects to, or ask its owner"},
    {Failure::immutable, "immutable", ExitCode::input,
     "delete the object and apply it again: this field cannot be changed"},
    {Failure::terminating, "terminating", ExitCode::cluster,
     "wait until the namespace is gone: `kubectl get namespace` shows it"},
    {Failure::namespace_missing, "namespace-missing", ExitCode::cluster,
     "create the namespace first"},
    {Failure::release_exists, "release-exists", ExitCode::cluster,
     "upgrade the release, or choose another name"},
    {Failure::release_pending, "release-pending", ExitCode::cluster,
     "wait for the other operation; if it was killed, roll the release back or uninstall it"},
    {Failure::release_missing, "release-missing", ExitCode::cluster,
     "list the releases with `helm list --all-namespaces`"},
    {Failure::no_deployed_release, "no-deployed-release", ExitCode::cluster,
     "uninstall the failed release and install it again"},
    {Failure::ownership, "ownership", ExitCode::cluster,
     "delete the object, or adopt it with --take-ownership if nobody else needs it"},
    {Failure::not_ready, "not-ready", ExitCode::timeout, "look at the pods and their events"},
    {Failure::rolled_back, "rolled-back", ExitCode::tool, ""},
    {Failure::rollback_failed, "rollback-failed", ExitCode::tool,
     "look at `helm history`, then roll back by hand"},
    {Failure::kubernetes_version, "kubernetes-version", ExitCode::cluster,
     "choose a version of the chart that supports this Kubernetes"},
    {Failure::bad_values, "bad-values", ExitCode::input, "compare with `helm show values`"},
    {Failure::chart_refuses, "chart-refuses", ExitCode::input,
     "set the value that the chart asks for"},
    {Failure::chart_missing, "chart-missing", ExitCode::input,
     "check the name, the version and the repository of the chart"},
    {Failure::bad_chart, "bad-chart", ExitCode::input, "check the chart with `helm lint`"},
    {Failure::unknown_flag, "unknown-flag", ExitCode::tool,
     "use a version of the tool that weft supports: `weft doctor`"},
    {Failure::timeout, "timeout", ExitCode::timeout, "allow more time with --timeout"},
    {Failure::interrupted, "interrupted", ExitCode::interrupted, ""},
};

// Lower case. Both parts must occur, in this order; the first rule that fits decides, so what is
// nested inside a message stands after what it is nested in.
struct Rule {
  std::string_view part;
  std::string_view then;
  Failure failure;
};
constexpr Rule kRules[] = {
    {"unknown shorthand flag", "", Failure::unknown_flag},
    {"unknown flag:", "", Failure::unknown_flag},
    {"unknown command \"", "\" for \"", Failure::unknown_flag},
    {"an error occurred while rolling back the release", "", Failure::rollback_failed},
    {"due to rollback-on-failure being set", "", Failure::rolled_back},
    {"due to atomic being set", "", Failure::rolled_back},
    {"another operation (install/upgrade/rollback) is in progress", "", Failure::release_pending},
    {"cannot re-use a name", "", Failure::release_exists},
    {"cannot reuse a name", "", Failure::release_exists},
    {"has no deployed releases", "", Failure::no_deployed_release},
    {"release: not found", "", Failure::release_missing},
    {"invalid ownership metadata", "", Failure::ownership},
    {"chart requires kubeversion", "", Failure::kubernetes_version},
    {"values don't meet the specifications of the schema", "", Failure::bad_values},
    {"failed to parse -", "", Failure::bad_values},
    {"execution error at (", "", Failure::chart_refuses},
    {"chart.yaml file is missing", "", Failure::bad_chart},
    {"validation: chart.metadata", "", Failure::bad_chart},
    {"parse error at (", "", Failure::bad_chart},
    {"yaml parse error on", "", Failure::bad_chart},
    {"cannot load chart.yaml", "", Failure::bad_chart},
    {"not a chart", "", Failure::bad_chart},
    {"unable to detect chart at", "", Failure::bad_chart},
    {"does not appear to be a gzipped archive", "", Failure::bad_chart},
    {"template: ", "error calling", Failure::bad_chart},
    {"template: ", "executing \"", Failure::bad_chart},
    {"found in chart.yaml, but missing in charts/", "", Failure::bad_chart},
    {"is not a valid chart repository or cannot be reached", "", Failure::chart_missing},
    {"chart \"", "not found in", Failure::chart_missing},
    {"no chart version found", "", Failure::chart_missing},
    {"repo ", " not found", Failure::chart_missing},
    {"path \"", "\" not found", Failure::chart_missing},
    {"failed to download", "", Failure::chart_missing},
    {"failed to do request: ", "", Failure::chart_missing},
    {"failed to fetch", "", Failure::chart_missing},
    {"get \"http", "/v2/", Failure::chart_missing},
    {"failed to perform \"", "", Failure::chart_missing},
    {"failed calling webhook", "", Failure::webhook},
    {"failed to call webhook", "", Failure::webhook},
    {"admission webhook \"", "denied the request", Failure::refused},
    {"conversion webhook for", "failed", Failure::webhook},
    {"exceeded quota", "", Failure::quota},
    {"violates podsecurity", "", Failure::policy},
    {"validatingadmissionpolicy", "denied request", Failure::policy},
    {"because it is being terminated", "", Failure::terminating},
    {"no matches for kind", "", Failure::no_such_kind},
    {"ensure crds are installed first", "", Failure::no_such_kind},
    {"doesn't have a resource type", "", Failure::no_such_kind},
    {"could not find the requested resource", "", Failure::no_such_kind},
    {"apply failed with", "conflict", Failure::conflict},
    {"conflict occurred while applying object", "", Failure::conflict},
    {"the object has been modified", "", Failure::modified},
    {"field is immutable", "", Failure::immutable},
    {"may not change once set", "", Failure::immutable},
    {"cannot change roleref", "", Failure::immutable},
    {"updates to statefulset spec for fields other than", "", Failure::immutable},
    {"context was not found", "", Failure::no_context},
    {"context \"", "does not exist", Failure::no_context},
    {"error in configuration", "", Failure::no_context},
    {"invalid configuration", "", Failure::no_context},
    {"error loading config file", "", Failure::no_context},
    {"no configuration has been provided", "", Failure::no_context},
    {"current-context is not set", "", Failure::no_context},
    {"stat ", "no such file or directory", Failure::no_context},
    {"you must be logged in to the server", "", Failure::unauthorised},
    {"provide credentials", "", Failure::unauthorised},
    {"unauthorized", "", Failure::unauthorised},
    {"getting credentials", "", Failure::unauthorised},
    {"x509:", "", Failure::unauthorised},
    {"remote error: tls:", "", Failure::unauthorised},
    {"cluster unreachable", "", Failure::unreachable},
    {"connection to the server", "", Failure::unreachable},
    {"unable to connect to the server", "", Failure::unreachable},
    {"connection refused", "", Failure::unreachable},
    {"connection reset by peer", "", Failure::unreachable},
    {"i/o timeout", "", Failure::unreachable},
    {"tls handshake timeout", "", Failure::unreachable},
    {"client.timeout", "exceeded", Failure::unreachable},
    {"no such host", "", Failure::unreachable},
    {"no route to host", "", Failure::unreachable},
    {"network is unreachable", "", Failure::unreachable},
    {"(serviceunavailable)", "", Failure::unreachable},
    {"currently unable to handle the request", "", Failure::unreachable},
    {"apiserver not ready", "", Failure::unreachable},
    {"etcdserver: ", "", Failure::unreachable},
    {"attempting to grant rbac permissions", "", Failure::forbidden},
    {"forbidden", "", Failure::forbidden},
    {"(invalid)", "", Failure::invalid},
    {" is invalid: ", "", Failure::invalid},
    {"(badrequest)", "", Failure::invalid},
    {"strict decoding error", "", Failure::invalid},
    {"error validating data", "", Failure::invalid},
    {"failed to create typed patch object", "", Failure::invalid},
    {"already exists", "", Failure::already_exists},
    {"timed out waiting", "", Failure::not_ready},
    {"context deadline exceeded", "", Failure::not_ready},
    {"not ready. status:", "", Failure::not_ready},
    {"(timeout)", "", Failure::timeout},
    {"did not end within", "", Failure::timeout},
    {"context canceled", "", Failure::interrupted},
    {"namespaces \"", "\" not found", Failure::namespace_missing},
    {"(notfound)", "", Failure::not_found},
    {"not found", "", Failure::not_found},
};

bool fits(const Rule& rule, std::string_view text) {
  const auto first = text.find(rule.part);
  if (first == std::string_view::npos) return false;
  return text.find(rule.then, first + rule.part.size()) != std::string_view::npos;
}

}  // namespace

std::span<const FailureRow> failures() { return kRows; }

const FailureRow& row_of(Failure failure) { return kRows[static_cast<std::size_t>(failure)]; }

Failure classify(std::string_view text) {
  const std::string lower = base::lower(text);
  // kubectl asked for a user name, having no credentials, and found no input.
  if (lower == "eof") return Failure::unauthorised;
  const auto* rule = std::find_if(std::begin(kRules), std::end(kRules),
                                  [&lower](const Rule& each) { return fits(each, lower); });
  return rule == std::end(kRules) ? Failure::other : rule->failure;
}

Failure failure_of(const base::Error& error) {
  switch (error.code) {
    case ExitCode::interrupted:
      return Failure::interrupted;
    case ExitCode::timeout:
      return classify(error.cause) == Failure::not_ready ? Failure::not_ready : Failure::timeout;
    default:
      return classify(error.cause);
  }
}

base::Error tool_error(std::string what, const proc::Command& command,
                       const proc::Finished& finished) {
  std::string complaint = complaint_of(finished.err);
  const FailureRow& row = row_of(classify(complaint));
  if (complaint.empty())
    complaint = fmt::format("{} ended with exit code {} and said nothing", command.argv.at(0),
                            finished.exit_code);
  std::string remedy(row.remedy);
  if (row.failure == Failure::other)
    remedy = "see more by running it yourself: " + proc::Command{.argv = command.argv}.text();
  return base::Error{row.code, std::move(what), std::move(remedy)}.because(std::move(complaint));
}

}  // namespace weft::kube
