#include "lib/conform/lint.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/schema/schema_set.h"
#include "lib/schema/validator.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::uint64_t kMaxSuiteRequests = 1'000'000;

Result<kube::Object> render_step(const SuiteSpec& suite, const Templates& templates,
                                 const ApplyStep& step, const std::string& version,
                                 const std::string& ns) {
  return render(templates, {suite.find(step.resource)->form, version, step.name, ns, step.vars});
}

// A version is pinned for all kinds of the groups that have it.
bool pins_group(const SuiteSpec& suite, const std::string& group, const std::string& pinned) {
  return std::ranges::any_of(suite.resources, [&](const ResourceSpec& resource) {
    return resource.group == group && std::ranges::count(resource.versions, pinned) > 0;
  });
}

class Linter {
 public:
  explicit Linter(const OpenSuite& opened)
      : opened_(opened), reading_(read_suite(opened.document)) {}

  std::vector<Error> run() {
    found_ = std::move(reading_.problems);
    std::uint64_t requests = 0;
    for (const TestSpec& test : reading_.suite.tests) {
      for (const StepSpec& step : test.steps) {
        if (const auto* apply = std::get_if<ApplyStep>(&step.action)) check(test, step, *apply);
        if (const auto* probe = std::get_if<ProbeStep>(&step.action)) requests += probe->count;
        if (const auto* raw = std::get_if<RawStep>(&step.action);
            raw != nullptr && !raw->resource.empty())
          check_required(test, step, raw->resource);
      }
      if (requests > kMaxSuiteRequests) {
        found_.push_back(opened_.document.error(
            test.at, fmt::format("with this test, the suite sends {} requests", requests),
            fmt::format("a suite sends up to {}", kMaxSuiteRequests)));
        break;
      }
    }
    return std::move(found_);
  }

 private:
  // A resource that is not required may not be served.
  bool check_required(const TestSpec& test, const StepSpec& step, const std::string& resource) {
    if (std::ranges::count(test.resources, resource) > 0) return true;
    report(step, fmt::format("{} uses {}, but does not require it", test.id, resource),
           fmt::format("requires: {{resources: [{}]}}", resource));
    return false;
  }

  void check(const TestSpec& test, const StepSpec& step, const ApplyStep& apply) {
    if (!check_required(test, step, apply.resource)) return;
    const auto minimum = test.min_versions.find(apply.resource);
    std::vector<std::string> unused;
    for (const auto& member : apply.vars.is_map() ? apply.vars.members() : doc::Map())
      unused.push_back(member.key);
    for (const std::string& version : reading_.suite.find(apply.resource)->versions) {
      if (minimum != test.min_versions.end() && compare_api_versions(version, minimum->second) < 0)
        continue;
      const auto object = render_step(reading_.suite, opened_.templates, apply, version, "weft");
      if (!object.ok()) return report(step, object.error().message, object.error().remedy);
      check_schema(step, *object);
      mark_used(apply, version, unused);
    }
    if (!unused.empty())
      report(step, fmt::format("no template of {} uses ${}", apply.resource, unused.front()),
             "remove it, or correct its name");
  }

  // A variable is used when the template asks for it: without it, rendering fails.
  void mark_used(const ApplyStep& apply, const std::string& version,
                 std::vector<std::string>& unused) const {
    std::erase_if(unused, [&](const std::string& name) {
      if (name == "namespace") return true;  // of the run, unless it is given
      ApplyStep without = apply;
      without.vars = doc::Value::map();
      for (const doc::Member& member : apply.vars.members())
        if (member.key != name) without.vars.set(member.key, member.value);
      return !render_step(reading_.suite, opened_.templates, without, version, "weft").ok();
    });
  }

  void check_schema(const StepSpec& step, const kube::Object& object) {
    const auto ref = kube::ref_of(object);
    const schema::Schema* schema = schemas_.find(ref.api_version(), ref.kind);
    if (schema == nullptr) return;
    std::vector<schema::Issue> issues;
    validator_.validate(*schema, object, issues);
    if (!issues.empty())
      report(step,
             fmt::format("{} {} would be refused: {} {}", ref.api_version(), ref.kind,
                         issues.front().path, issues.front().message),
             "correct the variables or the template");
  }

  void report(const StepSpec& step, std::string message, std::string remedy) {
    found_.push_back(opened_.document.error(step.at, std::move(message), std::move(remedy)));
  }

  const OpenSuite& opened_;
  Reading reading_;
  schema::SchemaSet schemas_;
  schema::Validator validator_;
  std::vector<Error> found_;
};

}  // namespace

Result<Versions> newest_versions(const SuiteSpec& suite, const std::string& pinned) {
  Served all;
  std::vector<std::string> known;
  for (const ResourceSpec& resource : suite.resources) {
    auto& versions = all[resource.group + "/" + resource.kind];
    versions.insert(versions.end(), resource.versions.begin(), resource.versions.end());
    known.insert(known.end(), resource.versions.begin(), resource.versions.end());
  }
  if (!pinned.empty() && std::ranges::count(known, pinned) == 0)
    return Error{ExitCode::usage,
                 fmt::format("{} has nothing in version {}{}", suite.name, pinned,
                             base::did_you_mean(pinned, known)),
                 fmt::format("weft conformance list {} shows the versions", suite.name)};
  return negotiate(suite, all, pinned);
}

Versions negotiate(const SuiteSpec& suite, const Served& served, const std::string& pinned) {
  Versions out;
  for (const ResourceSpec& resource : suite.resources) {
    const auto found = served.find(resource.group + "/" + resource.kind);
    if (found == served.end()) continue;
    const bool pins = pins_group(suite, resource.group, pinned);
    for (const std::string& version : resource.versions)
      if (std::ranges::count(found->second, version) > 0 && (!pins || version == pinned)) {
        out[resource.id] = version;
        break;
      }
  }
  return out;
}

void add_aggregated(const ResourceSpec& resource, const doc::Value& group, Served& served) {
  auto& versions = served[resource.group + "/" + resource.kind];
  for (const doc::Value& one : kube::list_at(group, {"versions"}))
    if (const auto version = kube::text_at(one, {"version"}); !version.empty())
      versions.emplace_back(version);
}

std::string missing_for(const SuiteSpec& suite, const TestSpec& test, const Versions& versions) {
  for (const std::string& id : test.resources) {
    const ResourceSpec& resource = *suite.find(id);
    const auto version = versions.find(id);
    if (version == versions.end())
      return fmt::format("{} of {} is not served in a version of the suite ({})", resource.kind,
                         resource.group, base::join(resource.versions, ", "));
    const auto minimum = test.min_versions.find(id);
    if (minimum != test.min_versions.end() &&
        compare_api_versions(version->second, minimum->second) < 0)
      return fmt::format("{} is served in {}, this needs {}", resource.kind, version->second,
                         minimum->second);
  }
  return {};
}

std::vector<Error> lint(const OpenSuite& opened) { return Linter(opened).run(); }

Result<std::vector<PlannedTest>> plan(const SuiteSpec& suite, const Templates& templates,
                                      const Versions& versions, const std::string& ns) {
  std::vector<PlannedTest> out;
  for (const TestSpec& test : suite.tests) {
    PlannedTest one{&test, missing_for(suite, test, versions), {}};
    for (const StepSpec& step : test.steps) {
      if (!one.skipped.empty()) break;
      if (const auto* service = std::get_if<ServiceStep>(&step.action))
        one.objects.push_back(service_object(suite, *service, ns));
      if (const auto* apply = std::get_if<ApplyStep>(&step.action)) {
        WEFT_TRY(object, render_step(suite, templates, *apply, versions.at(apply->resource), ns));
        one.objects.push_back(std::move(object));
      }
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace weft::conform
