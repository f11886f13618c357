#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/names.h"
#include "lib/conform/read_parts.h"
#include "lib/conform/suite.h"
#include "lib/net/url.h"

namespace weft::conform {
namespace {

using base::Result;
using doc::Fields;
using doc::Value;

constexpr std::array<std::string_view, 3> kIsolations{"service", "namespace", "exclusive"};

// Sets `out` to the place of the text under `key` among `names`.
template <typename Enum, std::size_t N>
void choice(Fields& in, std::string_view key, const std::array<std::string_view, N>& names,
            Enum& out) {
  std::string text;
  in.get(key, text);
  if (text.empty() || !in.ok()) return;
  const auto found = std::ranges::find(names, text);
  if (found == names.end()) {
    std::vector<std::string> known(names.begin(), names.end());
    return in.fail(key, fmt::format("is \"{}\"{}", text, base::did_you_mean(text, known)),
                   "choose one of " + base::join(known, ", "));
  }
  out = static_cast<Enum>(found - names.begin());
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 40 && text.front() >= 'a' && text.front() <= 'z' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

void need_name(Fields& in, std::string_view key, std::string& out) {
  in.need(key, out);
  if (in.ok() && !is_name(out))
    in.fail(key, fmt::format("is \"{}\"", out),
            "a name has up to 40 lower-case letters, digits and dashes, a letter first");
}

// One test while it is read: the names bound so far, and what they stand for.
struct Scope {
  const SuiteSpec& suite;
  std::string suffix;  // "ts-07": makes the names of its objects unique
  Names names;
  std::map<std::string, std::pair<std::string, std::string>> applied;  // as -> resource, object

  bool has_app(const std::string& name) const { return suite.fixture.find(name) != nullptr; }
  std::string did_you_mean_app(const std::string& name) const {
    std::vector<std::string> known;
    for (const AppSpec& app : suite.fixture.apps) known.push_back(app.name);
    return base::did_you_mean(name, known);
  }
};

void need_app(Fields& in, std::string_view key, const std::string& name, const Scope& scope) {
  if (in.ok() && !scope.has_app(name))
    in.fail(key, fmt::format("names no application of the fixture: \"{}\"{}", name,
                             scope.did_you_mean_app(name)));
}

Action read_service(Fields& in, Scope& scope) {
  ServiceStep out;
  std::string name;
  need_name(in, "name", name);
  in.need("selectApps", out.apps);
  for (const std::string& app : out.apps) need_app(in, "selectApps", app, scope);
  if (in.ok() && out.apps.empty()) in.fail("selectApps", "is empty");
  if (in.ok() && scope.names.contains(name)) in.fail("name", "is bound already");
  out.name = name + "-" + scope.suffix;
  scope.names[name] = out.name;
  return out;
}

Action read_apply(Fields& in, Scope& scope) {
  ApplyStep out;
  std::string as;
  need_name(in, "id", out.resource);
  in.get("as", as);
  if (as.empty()) as = out.resource;
  if (const Value* vars = in.find("vars")) out.vars = *vars;
  if (in.ok() && !out.vars.is_null() && !out.vars.is_map()) in.fail("vars", "is no map");
  if (in.ok() && scope.suite.find(out.resource) == nullptr) {
    std::vector<std::string> known;
    for (const ResourceSpec& one : scope.suite.resources) known.push_back(one.id);
    in.fail("id", fmt::format("names no resource of the suite: \"{}\"{}", out.resource,
                              base::did_you_mean(out.resource, known)));
  }
  out.name = as + "-" + scope.suffix;
  const auto same = scope.applied.find(as);
  const bool other = same != scope.applied.end() && same->second.first != out.resource;
  if (in.ok() && (other || (same == scope.applied.end() && scope.names.contains(as))))
    in.fail("as", fmt::format("\"{}\" is bound to something else", as), "give another name");
  scope.applied[as] = {out.resource, out.name};
  scope.names[as] = out.name;
  return out;
}

Action read_delete(Fields& in, Scope& scope) {
  DeleteStep out;
  std::string as;
  in.need("id", as);
  if (!in.ok()) return out;
  const auto found = scope.applied.find(as);
  if (found == scope.applied.end()) {
    std::vector<std::string> known;
    for (const auto& [name, object] : scope.applied) known.push_back(name);
    in.fail("id",
            fmt::format("\"{}\" was not applied before{}", as, base::did_you_mean(as, known)));
    return out;
  }
  std::tie(out.resource, out.name) = found->second;
  return out;
}

void read_sender(Fields& in, Scope& scope, std::string& from, RequestSpec& request) {
  in.need("from", from);
  need_app(in, "from", from, scope);
  in.require("request");
  in.part("request", request, read_request);
}

void check_backends(Fields& in, const ExpectSpec& expect, const Scope& scope) {
  for (const std::string& app : expect.backends) need_app(in, "expect", app, scope);
  for (const auto& [app, share] : expect.shares) need_app(in, "expect", app, scope);
}

Action read_settle(Fields& in, Scope& scope) {
  SettleStep out;
  read_sender(in, scope, out.from, out.request);
  in.get("seen", out.seen);
  for (const std::string& app : out.seen) need_app(in, "seen", app, scope);
  in.part("expect", out.expect, read_expect);
  check_backends(in, out.expect, scope);
  bounded(in, "consecutive", 1, 1000, out.consecutive);
  duration(in, "within", std::chrono::minutes(5), out.within);
  if (out.expect.backends.empty()) out.expect.backends = out.seen;
  if (!out.seen.empty() && out.expect.status.empty()) out.expect.status = {200};
  return out;
}

Action read_probe(Fields& in, Scope& scope) {
  ProbeStep out;
  read_sender(in, scope, out.from, out.request);
  in.part("expect", out.expect, read_expect);
  check_backends(in, out.expect, scope);
  const Value* count = in.find("count");
  const bool automatic = count != nullptr && count->is_string() && count->string() == "auto";
  if (automatic)
    out.count = 0;
  else
    bounded(in, "count", 1, kMaxRequests, out.count);
  if (in.ok() && automatic && out.expect.shares.empty())
    in.fail("count", "is auto without a distribution", "say how many requests are sent");
  if (in.ok() && out.expect.per_request && out.request.connections == 0)
    in.fail("request", "keeps no connection open",
            "granularity is seen on kept connections: connection: pooled:4");
  const std::string url = out.request.url;
  in.part("control", out.control, [&](Fields& f, std::optional<ControlSpec>& control) {
    control.emplace();
    control->url = url;
    f.need("from", control->from).get("url", control->url);
    need_app(f, "from", control->from, scope);
    if (f.ok() && !net::parse_url(control->url).ok()) f.fail("url", "is not a URL");
  });
  if (in.ok() && out.expect.denied && !out.control)
    in.fail("control", "is missing",
            "a denial counts only beside a request that succeeds: control: {from: APP}");
  return out;
}

Action read_raw(Fields& in, Scope&) {
  RawStep out;
  in.need("path", out.path).get("equals", out.equals).get("present", out.present);
  if (in.ok() && !out.path.starts_with('/')) in.fail("path", "does not begin with /");
  return out;
}

struct StepReader {
  StepType type;
  Action (*read)(Fields&, Scope&);
};
constexpr std::array<StepReader, 6> kSteps{
    {{{"service", "a service of the test's own over the pods of some applications"}, read_service},
     {{"apply", "an object of the API under test, from the template of the version served"},
      read_apply},
     {{"delete", "such an object, waiting until it is gone"}, read_delete},
     {{"settle", "until answers show that the new configuration is live"}, read_settle},
     {{"probe", "requests whose every answer is judged"}, read_probe},
     {{"raw", "a GET on the API server"}, read_raw}}};

// `value` is {type: fields}.
Result<StepSpec> read_step(const doc::Document& document, const Value& value, Scope& scope) {
  if (!value.is_map() || value.size() != 1)
    return document.error(value.position(), "a step is a map with its type as the only key");
  const doc::Member& member = value.members()[0];
  const auto reader =
      std::ranges::find(kSteps, std::string_view(member.key), [](auto& s) { return s.type.name; });
  if (reader == kSteps.end()) {
    std::vector<std::string> known;
    known.reserve(std::size(kSteps));
    for (const auto& step : kSteps) known.emplace_back(step.type.name);
    return document.error(
        member.key_position,
        fmt::format("no step is called {}{}", member.key, base::did_you_mean(member.key, known)),
        "there are " + base::join(known, ", "));
  }
  WEFT_TRY(filled, fill(document, member.value, scope.names));
  Fields in(document, filled, member.key, doc::Unknown::refused);
  StepSpec out{{}, member.key_position};
  if (in.ok()) out.action = reader->read(in, scope);
  WEFT_CHECK(in.done());
  return out;
}

// "TS-1.2.6" -> "ts-1-2-6": fit for the name of an object.
std::string object_suffix(std::string_view id) {
  std::string out = base::lower(id);
  for (char& c : out)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) c = '-';
  return out;
}

void read_test_head(Fields& in, const SuiteSpec& suite, TestSpec& out) {
  in.need("id", out.id).need("title", out.title).get("capability", out.capability);
  choice(in, "level", kLevels, out.level);
  choice(in, "isolation", kIsolations, out.isolation);
  in.part("requires", out, [&](Fields& f, TestSpec& test) {
    f.get("resources", test.resources).get("minVersions", test.min_versions);
    for (const std::string& id : test.resources)
      if (f.ok() && suite.find(id) == nullptr)
        f.fail("resources", fmt::format("names no resource of the suite: \"{}\"", id));
    for (const auto& [id, version] : test.min_versions)
      if (f.ok() && suite.find(id) == nullptr)
        f.fail("minVersions", fmt::format("names no resource of the suite: \"{}\"", id));
  });
  const std::string suffix = object_suffix(out.id);
  if (in.ok() &&
      (out.id.empty() || out.id.size() > 24 || suffix.front() == '-' || suffix.back() == '-'))
    in.fail("id", fmt::format("is \"{}\"", out.id),
            "an id has up to 24 letters, digits, dots and dashes, and ends with none of these");
}

Result<TestSpec> read_test(const doc::Document& document, const Value& value,
                           const SuiteSpec& suite, const std::string& ns) {
  TestSpec out;
  out.at = value.position();
  Fields in(document, value, "", doc::Unknown::refused);
  if (in.ok()) read_test_head(in, suite, out);
  in.require("steps");
  const Value* steps = in.find("steps");
  WEFT_CHECK(in.done());
  if (!steps->is_list() || steps->size() == 0 || steps->size() > kMaxSteps)
    return document.error(steps->position(),
                          fmt::format("the steps of {} are no list of 1 to {}", out.id, kMaxSteps));
  Scope scope{suite, object_suffix(out.id), {{"namespace", ns}}, {}};
  for (const AppSpec& app : suite.fixture.apps) scope.names[app.name] = app.name;
  for (const Value& step : steps->items()) {
    WEFT_TRY(read, read_step(document, step, scope));
    out.steps.push_back(std::move(read));
  }
  return out;
}

void read_app(Fields& in, AppSpec& out) {
  need_name(in, "name", out.name);
  in.get("serviceAccount", out.account).get("version", out.version).get("outside", out.outside);
}

void read_fixture(Fields& in, FixtureSpec& out) {
  std::string policy = "allow";
  in.get("defaultPolicy", policy);
  if (in.ok() && policy != "allow" && policy != "deny")
    in.fail("defaultPolicy", fmt::format("is \"{}\"", policy), "choose allow or deny");
  out.deny = policy == "deny";
  in.each("apps", out.apps, read_app);
  if (in.ok() && (out.apps.empty() || out.apps.size() > 10))
    in.fail("apps", fmt::format("has {} applications", out.apps.size()), "a fixture has 1 to 10");
  std::set<std::string> names;
  for (const AppSpec& app : out.apps)
    if (in.ok() && !names.insert(app.name).second)
      in.fail("apps", fmt::format("has two applications called {}", app.name));
}

void read_resource(Fields& in, ResourceSpec& out) {
  need_name(in, "id", out.id);
  in.need("group", out.group).need("kind", out.kind).get("form", out.form);
  in.need("versions", out.versions);
  if (out.form.empty()) out.form = base::lower(out.kind);
  if (in.ok() && out.versions.empty()) in.fail("versions", "is empty");
}

// All but the tests, which are given back.
Result<const Value*> read_head(const doc::Document& document, SuiteSpec& out) {
  std::string api_version, kind;
  const Value* tests = nullptr;
  Fields in(document);
  in.need("apiVersion", api_version).need("kind", kind);
  if (in.ok() && api_version != "weft.dev/v1")
    in.fail("apiVersion", fmt::format("is \"{}\"", api_version), "write weft.dev/v1");
  if (in.ok() && kind != "ConformanceSuite")
    in.fail("kind", fmt::format("is \"{}\"", kind), "write ConformanceSuite");
  in.require("metadata");
  in.part("metadata", out, [](Fields& f, SuiteSpec& s) {
    need_name(f, "name", s.name);
    f.need("version", s.version);
  });
  in.require("spec");
  in.part("spec", out, [&](Fields& f, SuiteSpec& s) {
    f.need("standard", s.standard).get("summary", s.summary);
    f.each("resources", s.resources, read_resource);
    f.require("fixture");
    f.part("fixture", s.fixture, read_fixture);
    f.require("tests");
    tests = f.find("tests");
    if (f.ok() && (!tests->is_list() || tests->size() == 0 || tests->size() > kMaxTests))
      f.fail("tests", "is no list of tests", fmt::format("a suite has 1 to {}", kMaxTests));
  });
  WEFT_CHECK(in.done());
  return tests;
}

}  // namespace

const AppSpec* FixtureSpec::find(std::string_view name) const {
  const auto found = std::ranges::find(apps, name, &AppSpec::name);
  return found == apps.end() ? nullptr : &*found;
}

const ResourceSpec* SuiteSpec::find(std::string_view resource) const {
  const auto found = std::ranges::find(resources, resource, &ResourceSpec::id);
  return found == resources.end() ? nullptr : &*found;
}

std::vector<StepType> step_types() {
  std::vector<StepType> out;
  out.reserve(std::size(kSteps));
  for (const StepReader& step : kSteps) out.push_back(step.type);
  return out;
}

Reading read_suite(const doc::Document& document, const std::string& ns) {
  Reading out;
  auto tests = read_head(document, out.suite);
  if (!tests.ok()) {
    out.problems.push_back(std::move(tests).error());
    return out;
  }
  std::set<std::string> ids;
  for (const Value& value : (*tests)->items()) {
    auto test = read_test(document, value, out.suite, ns);
    if (test.ok() && !ids.insert(test->id).second)
      test = document.error(value.position(), fmt::format("the id {} stands twice", test->id));
    if (test.ok())
      out.suite.tests.push_back(*std::move(test));
    else
      out.problems.push_back(std::move(test).error());
  }
  return out;
}

int compare_api_versions(std::string_view a, std::string_view b) {
  // Kubernetes' order: v2 > v1 > v1beta2 > v1beta1 > v1alpha9.
  const auto rank = [](std::string_view text) -> std::array<std::uint64_t, 3> {
    if (!text.starts_with('v')) return {};
    text.remove_prefix(1);
    const auto digits = text.find_first_not_of("0123456789");
    const auto major = base::parse_uint(text.substr(0, digits));
    if (!major) return {};
    if (digits == std::string_view::npos) return {3, *major, 0};
    for (const auto& [word, level] : {std::pair{"beta", 2u}, std::pair{"alpha", 1u}}) {
      const std::string_view stage(word);
      if (!text.substr(digits).starts_with(stage)) continue;
      const auto minor = base::parse_uint(text.substr(digits + stage.size()));
      if (minor) return {level, *major, *minor};
    }
    return {};
  };
  const auto x = rank(a);
  const auto y = rank(b);
  return x < y ? -1 : x == y ? 0 : 1;
}

}  // namespace weft::conform
