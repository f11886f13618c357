#include "lib/conform/catalog.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/sha256.h"
#include "lib/base/text.h"
#include "lib/conform/builtin.h"
#include "lib/conform/names.h"
#include "lib/doc/read.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

using Documents = std::map<std::string, doc::Document, std::less<>>;

// What is compiled in was checked when weft was built.
const Documents& shipped_templates() {
  static const Documents all = [] {
    Documents out;
    for (const auto& file : builtin_templates())
      if (auto read = doc::read_json(doc::Source(std::string(file.name), std::string(file.text)));
          read.ok())
        out.emplace(file.name, *std::move(read));
    return out;
  }();
  return all;
}

std::vector<std::vector<std::string>> app_sets(const SuiteSpec& suite) {
  std::set<std::vector<std::string>> sets;
  for (const TestSpec& test : suite.tests)
    for (const StepSpec& step : test.steps)
      if (const auto* service = std::get_if<ServiceStep>(&step.action)) {
        auto apps = service->apps;
        std::ranges::sort(apps);
        sets.insert(std::move(apps));
      }
  return {sets.begin(), sets.end()};
}

std::string label_of_set(std::size_t index) { return fmt::format("weft.dev/set-{}", index + 1); }

}  // namespace

Result<Templates> Templates::beside(const std::string& folder) {
  Templates out;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    if (entry.path().extension() != ".yaml") continue;
    WEFT_TRY(text, base::read_file(entry.path().string(), kMaxSuiteBytes));
    WEFT_TRY(document, doc::read(doc::Source(entry.path().string(), text)));
    out.own_.emplace(entry.path().stem().string(),
                     std::make_shared<const doc::Document>(std::move(document)));
  }
  return out;
}

const doc::Document* Templates::find(const std::string& name) const {
  if (const auto own = own_.find(name); own != own_.end()) return own->second.get();
  const auto shipped = shipped_templates().find(name);
  return shipped == shipped_templates().end() ? nullptr : &shipped->second;
}

std::vector<std::string> Templates::names() const {
  std::vector<std::string> out;
  for (const auto& [name, document] : own_) out.push_back(name);
  for (const auto& [name, document] : shipped_templates()) out.push_back(name);
  return out;
}

std::vector<std::string> shipped_suites() {
  std::vector<std::string> out;
  for (const auto& file : builtin_suites()) out.emplace_back(file.name);
  return out;
}

std::vector<std::string> suites_named(const std::string& name) {
  std::vector<std::string> out;
  for (std::string& suite : shipped_suites())
    if (suite.starts_with(name + "-")) out.push_back(std::move(suite));
  if (out.empty()) out.push_back(name);
  return out;
}

Result<OpenSuite> open_suite(const std::string& name_or_path) {
  OpenSuite out;
  const bool is_path = name_or_path.find_first_of("/.") != std::string::npos;
  if (is_path) {
    WEFT_TRY(text, base::read_file(name_or_path, kMaxSuiteBytes));
    out.sha256 = base::sha256_hex(text);
    WEFT_TRY(document, doc::read(doc::Source(name_or_path, std::move(text))));
    out.document = std::move(document);
    const auto folder = std::filesystem::path(name_or_path).parent_path() / "templates";
    WEFT_TRY(templates, Templates::beside(folder.string()));
    out.templates = std::move(templates);
    return out;
  }
  const auto files = builtin_suites();
  const auto file = std::ranges::find(files, name_or_path, &base::EmbeddedFile::name);
  if (file == files.end()) {
    const auto known = shipped_suites();
    return Error{ExitCode::usage,
                 fmt::format("no suite is called {}{}", name_or_path,
                             base::did_you_mean(name_or_path, known)),
                 "weft conformance list, or give the path of a file"};
  }
  out.sha256 = base::sha256_hex(file->text);
  WEFT_TRY(document, doc::read_json(doc::Source(name_or_path, std::string(file->text))));
  out.document = std::move(document);
  return out;
}

Result<kube::Object> render(const Templates& templates, const Rendering& what) {
  const std::string name = what.form + "-" + what.version;
  const doc::Document* found = templates.find(name);
  if (found == nullptr) {
    const auto known = templates.names();
    return Error{ExitCode::input,
                 fmt::format("there is no template {}{}", name, base::did_you_mean(name, known)),
                 fmt::format("write templates/{}.yaml beside the suite", name)};
  }
  Names names{{"name", what.name}, {"namespace", what.ns}};
  if (what.vars.is_map())
    for (const doc::Member& member : what.vars.members()) names[member.key] = member.value;
  return fill(*found, found->root, names);
}

std::string set_label(const SuiteSpec& suite, const std::vector<std::string>& apps) {
  auto sorted = apps;
  std::ranges::sort(sorted);
  const auto sets = app_sets(suite);
  return label_of_set(static_cast<std::size_t>(std::ranges::find(sets, sorted) - sets.begin()));
}

kube::Object service_object(const SuiteSpec& suite, const ServiceStep& service,
                            const std::string& ns) {
  Value metadata, selector, spec, out;
  metadata.set("name", service.name).set("namespace", ns);
  selector.set(set_label(suite, service.apps), "yes");
  Value ports = Value::list();
  const SpeechRow& speech = row_of(service.speech);
  const std::string_view prefix = speech.speech == Speech::server_first ? "tcp" : speech.name;
  for (const std::uint16_t port : service.ports) {
    Value one = Value::map()
                    .set("name", fmt::format("{}-{}", prefix, port))
                    .set("port", port)
                    .set("targetPort", speech.port);
    if (speech.transport != "TCP") one.set("protocol", speech.transport);
    if (!speech.app_protocol.empty()) one.set("appProtocol", speech.app_protocol);
    ports.push(std::move(one));
  }
  if (service.headless) spec.set("clusterIP", "None");
  spec.set("selector", std::move(selector)).set("ports", std::move(ports));
  out.set("apiVersion", "v1").set("kind", "Service");
  out.set("metadata", std::move(metadata)).set("spec", std::move(spec));
  return out;
}

std::map<std::string, std::string> pod_labels(const SuiteSpec& suite, const AppSpec& app) {
  std::map<std::string, std::string> out{{"app", app.name},
                                         {"version", app.version.empty() ? "none" : app.version}};
  const auto sets = app_sets(suite);
  for (std::size_t i = 0; i < sets.size(); ++i)
    if (std::ranges::count(sets[i], app.name) > 0) out[label_of_set(i)] = "yes";
  return out;
}

std::string fixture_key(const SuiteSpec& suite) {
  std::string out = fmt::format("{} {}", suite.fixture.deny ? "deny" : "allow",
                                static_cast<int>(suite.fixture.mtls));
  for (const Speech speech : speeches_of(suite)) out += fmt::format(" {}", row_of(speech).name);
  const bool alone = std::ranges::any_of(
      suite.tests, [](const TestSpec& test) { return test.isolation == Isolation::ns; });
  if (alone) out += " " + suite.name;
  for (const AppSpec& app : suite.fixture.apps) {
    out += fmt::format("\n{} {} {} {}", app.name, app.account, app.space, app.outside);
    for (const auto& [key, value] : pod_labels(suite, app))
      out += fmt::format(" {}={}", key, value);
  }
  return out;
}

Result<kube::Objects> fixture_objects(const SuiteSpec& suite, const std::string& ns,
                                      const std::string& image) {
  kube::Objects out;
  std::set<std::string> spaces{ns};
  for (const AppSpec& app : suite.fixture.apps) spaces.insert(space_name(ns, app.space));
  for (const std::string& name : spaces)
    out.push_back(Value::map()
                      .set("apiVersion", "v1")
                      .set("kind", "Namespace")
                      .set("metadata", Value::map().set("name", name)));
  for (const AppSpec& app : suite.fixture.apps) {
    Value labels;
    for (const auto& [key, value] : pod_labels(suite, app)) labels.set(key, value);
    Value vars;
    vars.set("account", app.account.empty() ? app.name : app.account).set("image", image);
    vars.set("version", app.version).set("labels", std::move(labels));
    WEFT_TRY(list,
             render({}, {"fixture", "v1", app.name, space_name(ns, app.space), std::move(vars)}));
    for (const Value& object : list.find("items")->items()) out.push_back(object);
  }
  return out;
}

}  // namespace weft::conform
