#include "lib/kube/kubectl.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/kube/errors.h"

namespace weft::kube {
namespace {

using base::Result;
using Words = std::vector<std::string>;

constexpr std::uint64_t kOutputLimit = 512u << 20;  // thousands of pods

// Fetching every schema takes longer than the call itself. The server refuses unknown fields of
// what is applied server-side anyway.
constexpr const char* kNoSchemas = "--validate=false";

// kubectl's name of a kind in one version: "Deployment.v1.apps", "Pod.v1.".
std::string resource_argument(const Ref& ref) {
  if (!ref.version.empty()) return fmt::format("{}.{}.{}", ref.kind, ref.version, ref.group);
  return ref.group.empty() ? ref.kind : fmt::format("{}.{}", ref.kind, ref.group);
}

void add_namespace(Words& words, const std::string& ns) {
  if (!ns.empty()) words.insert(words.end(), {"-n", ns});
}

std::string stubs(const std::vector<Ref>& refs) {
  Objects objects;
  objects.reserve(refs.size());
  for (const Ref& ref : refs) objects.push_back(stub_of(ref));
  return write_list(objects);
}

// True when everything that a call on several objects complained about is that some are missing.
bool only_missing(std::string_view complaint) {
  if (complaint.empty()) return false;
  const auto lines = base::split(complaint, '\n');
  return std::all_of(lines.begin(), lines.end(), [](std::string_view line) {
    const Failure failure = classify(line);
    return failure == Failure::not_found || failure == Failure::namespace_missing ||
           failure == Failure::no_such_kind;
  });
}

std::string_view cascade_name(Cascade cascade) {
  switch (cascade) {
    case Cascade::foreground:
      return "foreground";
    case Cascade::orphan:
      return "orphan";
    default:
      return "background";
  }
}

std::string_view patch_name(PatchType type) {
  switch (type) {
    case PatchType::json:
      return "json";
    case PatchType::strategic:
      return "strategic";
    default:
      return "merge";
  }
}

Object access_review(const Access& access) {
  doc::Value attributes;
  const auto slash = access.resource.find('/');
  attributes.set("verb", access.verb).set("group", access.group);
  attributes.set("resource", access.resource.substr(0, slash));
  if (slash != std::string::npos) attributes.set("subresource", access.resource.substr(slash + 1));
  if (!access.ns.empty()) attributes.set("namespace", access.ns);
  doc::Value spec;
  spec.set("resourceAttributes", std::move(attributes));
  Object review;
  review.set("apiVersion", "authorization.k8s.io/v1").set("kind", "SelfSubjectAccessReview");
  return std::move(review.set("spec", std::move(spec)));
}

std::string count_of(std::size_t objects, const std::string& only) {
  return objects == 1 ? only : base::plural(objects, "object");
}

}  // namespace

proc::Command Kubectl::command(Words words) const {
  words.insert(words.begin(), options_.program);
  if (!options_.context.empty()) words.insert(words.end(), {"--context", options_.context});
  if (!options_.kubeconfig.empty())
    words.insert(words.end(), {"--kubeconfig", options_.kubeconfig});
  return {.argv = std::move(words),
          // The user's preferences and diff program must not change what we read.
          .env = {{"KUBECTL_EXTERNAL_DIFF", ""}, {"KUBERC", "off"}},
          .deadline = options_.deadline,
          .output_limit = kOutputLimit,
          .stop = options_.stop};
}

std::string Kubectl::request_timeout() const {
  return "--request-timeout=" + base::format_duration(options_.request_timeout);
}

Result<proc::Finished> Kubectl::run(const std::string& what, const proc::Command& command) {
  WEFT_TRY(done, runner_.run(command));
  if (done.exit_code != 0) return tool_error(what, command, done);
  return std::move(done);
}

Result<Objects> Kubectl::list(const Query& query) {
  Words words{"get", query.resource};
  if (query.ns.empty())
    words.emplace_back("--all-namespaces");
  else
    add_namespace(words, query.ns);
  if (!query.selector.empty()) words.push_back("--selector=" + query.selector);
  if (!query.fields.empty()) words.push_back("--field-selector=" + query.fields);
  words.insert(words.end(), {"-o", "json", request_timeout()});
  WEFT_TRY(done, run("cannot list " + query.resource, command(std::move(words))));
  return read_objects(doc::Source("kubectl get " + query.resource, std::move(done.out)));
}

Result<std::vector<std::optional<Object>>> Kubectl::get_each(const std::vector<Ref>& refs) {
  std::vector<std::optional<Object>> found(refs.size());
  if (refs.empty()) return found;
  const std::string what = "cannot get " + count_of(refs.size(), refs.front().text());
  Words words{"get"};
  if (refs.size() == 1) {
    words.insert(words.end(), {resource_argument(refs.front()), refs.front().name});
    add_namespace(words, refs.front().ns);
  } else {
    words.insert(words.end(), {"-f", "-"});
  }
  words.insert(words.end(), {"--ignore-not-found", "-o", "json", request_timeout()});
  auto call = command(std::move(words));
  if (refs.size() > 1) call.input = stubs(refs);
  WEFT_TRY(done, runner_.run(call));
  if (done.exit_code != 0 && !only_missing(complaint_of(done.err)))
    return tool_error(what, call, done);
  WEFT_TRY(objects, read_objects(doc::Source("kubectl get", std::move(done.out))));
  for (Object& object : objects) {
    const Ref ref = ref_of(object);
    const auto asked = [&ref](const Ref& each) {
      Ref same = each;
      if (ref.ns.empty()) same.ns.clear();  // asked with a namespace for a kind that has none
      return same.same_object(ref);
    };
    const auto at = std::find_if(refs.begin(), refs.end(), asked);
    if (at != refs.end()) found[static_cast<std::size_t>(at - refs.begin())] = std::move(object);
  }
  return found;
}

Result<Objects> Kubectl::apply(const Objects& objects, const Apply& how) {
  if (objects.empty()) return Objects{};
  Words words{"apply", "--server-side", "--field-manager=" + how.manager, kNoSchemas, "-f", "-",
              "-o",    "json"};
  if (how.force) words.emplace_back("--force-conflicts");
  if (how.dry_run) words.emplace_back("--dry-run=server");
  words.push_back(request_timeout());
  auto call = command(std::move(words));
  call.input = write_list(objects);
  const std::string what =
      "cannot apply " + count_of(objects.size(), ref_of(objects.front()).text());
  WEFT_TRY(done, run(what, call));
  return read_objects(doc::Source("kubectl apply", std::move(done.out)));
}

Result<void> Kubectl::remove(const std::vector<Ref>& refs, const Delete& how) {
  if (refs.empty()) return {};
  auto call = command(
      {"delete", "-f", "-", "--ignore-not-found",
       fmt::format("--cascade={}", cascade_name(how.cascade)),
       how.wait ? "--timeout=" + base::format_duration(how.timeout) : std::string("--wait=false")});
  call.input = stubs(refs);
  if (how.wait) call.deadline = how.timeout + options_.request_timeout;
  WEFT_TRY(done, runner_.run(call));
  if (done.exit_code == 0 || only_missing(complaint_of(done.err))) return {};
  return tool_error("cannot delete " + count_of(refs.size(), refs.front().text()), call, done);
}

Result<void> Kubectl::patch(const Ref& ref, PatchType type, const doc::Value& patch) {
  Words words{"patch", resource_argument(ref), ref.name};
  add_namespace(words, ref.ns);
  words.insert(words.end(), {fmt::format("--type={}", patch_name(type)), "--patch-file=/dev/stdin",
                             "-o", "name", request_timeout()});
  auto call = command(std::move(words));
  call.input = doc::write_json(patch, 0);
  WEFT_CHECK(run("cannot change " + ref.text(), call));
  return {};
}

Result<std::vector<bool>> Kubectl::may(const std::vector<Access>& accesses) {
  std::vector<bool> answers;
  if (accesses.empty()) return answers;
  Objects reviews;
  for (const Access& access : accesses) reviews.push_back(access_review(access));
  auto call = command({"create", "-f", "-", "-o", "json", kNoSchemas, request_timeout()});
  call.input = write_list(reviews);
  WEFT_TRY(done, run("cannot ask what is allowed", call));
  WEFT_TRY(answered, read_objects(doc::Source("kubectl create", std::move(done.out))));
  if (answered.size() != accesses.size())
    return base::Error{base::ExitCode::tool, fmt::format("kubectl answered {} of {} access reviews",
                                                         answered.size(), accesses.size())};
  for (const Object& review : answered) answers.push_back(bool_at(review, {"status", "allowed"}));
  return answers;
}

Result<std::string> Kubectl::raw(const std::string& path) {
  WEFT_TRY(done, run("cannot read " + path, command({"get", "--raw", path, request_timeout()})));
  return std::move(done.out);
}

Result<ServerInfo> Kubectl::server() {
  WEFT_TRY(text, raw("/version"));
  WEFT_TRY(document, doc::read_json(doc::Source("/version", text)));
  const auto version = parse_version(text_at(document.root, {"gitVersion"}));
  if (!version)
    return base::Error{base::ExitCode::cluster, "the server does not say its version",
                       "check that --context names a Kubernetes cluster"};
  return ServerInfo{*version, std::string(text_at(document.root, {"platform"}))};
}

Result<std::string> Kubectl::context_name() {
  if (!options_.context.empty()) return options_.context;
  WEFT_TRY(done, run("no cluster is chosen", command({"config", "current-context"})));
  return std::string(base::trim(done.out));
}

Result<Objects> Kubectl::kustomize(const std::string& folder) {
  WEFT_TRY(done, run("cannot build " + folder, command({"kustomize", folder})));
  return read_objects(doc::Source(folder, std::move(done.out)));
}

}  // namespace weft::kube
