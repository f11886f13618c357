#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/read_parts.h"
#include "lib/conform/suite.h"

namespace weft::conform {
namespace {

using base::Result;
using doc::Fields;
using doc::Value;

constexpr std::array<std::string_view, 3> kMtls{"any", "permissive", "strict"};
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

// "TS-1.2.6" -> "ts-1-2-6": fit for the name of an object.
std::string object_suffix(std::string_view id) {
  std::string out = base::lower(id);
  for (char& c : out)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) c = '-';
  return out;
}

void read_test_head(Fields& in, const SuiteSpec& suite, TestSpec& out) {
  in.need("id", out.id).need("title", out.title).get("capability", out.capability);
  in.get("features", out.features).get("provisional", out.provisional);
  choice(in, "level", kLevels, out.level);
  choice(in, "isolation", kIsolations, out.isolation);
  in.part("requires", out, [&](Fields& f, TestSpec& test) {
    f.get("resources", test.resources).get("minVersions", test.min_versions);
    f.get("bundle", test.bundle).get("channel", test.channel);
    for (const std::string& id : test.resources)
      if (f.ok() && suite.find(id) == nullptr)
        f.fail("resources", fmt::format("names no resource of the suite: \"{}\"", id));
    for (const auto& [id, version] : test.min_versions)
      if (f.ok() && suite.find(id) == nullptr)
        f.fail("minVersions", fmt::format("names no resource of the suite: \"{}\"", id));
  });
  const std::string suffix = object_suffix(out.id);
  if (in.ok() &&
      (out.id.empty() || out.id.size() > 48 || suffix.front() == '-' || suffix.back() == '-'))
    in.fail("id", fmt::format("is \"{}\"", out.id),
            "an id has up to 48 letters, digits, dots and dashes, and ends with none of these");
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
  Scope scope{suite, object_suffix(out.id), {{"namespace", ns}, {"text8k", sized_text(8192)}}};
  for (const AppSpec& app : suite.fixture.apps) {
    scope.names[app.name] = app.name;
    if (!app.space.empty()) scope.names["namespace-" + app.space] = space_name(ns, app.space);
  }
  for (const Value& step : steps->items()) {
    WEFT_TRY(read, read_step(document, step, scope));
    std::ranges::move(read, std::back_inserter(out.steps));
  }
  return out;
}

void read_app(Fields& in, AppSpec& out) {
  need_name(in, "name", out.name);
  in.get("serviceAccount", out.account).get("version", out.version).get("outside", out.outside);
  if (in.find("namespace") != nullptr) need_name(in, "namespace", out.space);
}

void read_fixture(Fields& in, FixtureSpec& out) {
  std::string policy = "allow";
  in.get("defaultPolicy", policy);
  if (in.ok() && policy != "allow" && policy != "deny")
    in.fail("defaultPolicy", fmt::format("is \"{}\"", policy), "choose allow or deny");
  out.deny = policy == "deny";
  choice(in, "mtls", kMtls, out.mtls);
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
  in.need("versions", out.versions).get("aggregated", out.aggregated);
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

Workload workload_of(const AppSpec& app, const std::string& ns) {
  return {space_name(ns, app.space), app.account.empty() ? app.name : app.account, app.name};
}

bool needs_authority(const TestSpec& test) {
  const auto request_of = [](const Action& action) -> const RequestSpec* {
    if (const auto* probe = std::get_if<ProbeStep>(&action)) return &probe->request;
    if (const auto* settle = std::get_if<SettleStep>(&action)) return &settle->request;
    return nullptr;
  };
  return std::ranges::any_of(test.steps, [&](const StepSpec& step) {
    const RequestSpec* request = request_of(step.action);
    const bool shows =
        request != nullptr && request->shows && request->shows->kind != CertificateKind::foreign;
    return shows || std::holds_alternative<ReissueStep>(step.action);
  });
}

std::string sized_text(std::uint64_t size) {
  std::string out(size, '0');
  for (std::uint64_t i = 0; i < size; ++i) out[i] = static_cast<char>('0' + i / 7 % 10);
  return out;
}

std::span<const SpeechRow> speeches() {
  static constexpr std::array<SpeechRow, 5> kRows{
      {{Speech::http, "http", 9091, "TCP", ""},
       {Speech::h2c, "h2c", 7070, "TCP", "kubernetes.io/h2c"},
       {Speech::tcp, "tcp", 9093, "TCP", ""},
       {Speech::server_first, "server-first", 9095, "TCP", ""},
       {Speech::udp, "udp", 9094, "UDP", ""}}};
  return kRows;
}

const SpeechRow& row_of(Speech speech) { return speeches()[static_cast<std::size_t>(speech)]; }

std::set<Speech> speeches_of(const SuiteSpec& suite) {
  std::set<Speech> out;
  for (const TestSpec& test : suite.tests)
    for (const StepSpec& step : test.steps)
      if (const auto* service = std::get_if<ServiceStep>(&step.action)) out.insert(service->speech);
  out.erase(Speech::http);
  return out;
}

std::string space_name(const std::string& ns, const std::string& space) {
  return space.empty() ? ns : ns + "-" + space;
}

const AppSpec* FixtureSpec::find(std::string_view name) const {
  const auto found = std::ranges::find(apps, name, &AppSpec::name);
  return found == apps.end() ? nullptr : &*found;
}

const ResourceSpec* SuiteSpec::find(std::string_view resource) const {
  const auto found = std::ranges::find(resources, resource, &ResourceSpec::id);
  return found == resources.end() ? nullptr : &*found;
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
