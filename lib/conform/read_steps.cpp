// The steps of tests, by type.
#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/read_parts.h"

namespace weft::conform {
namespace {

using base::Result;
using doc::Fields;
using doc::Value;

constexpr std::size_t kMaxObjectName = 63;  // of a Service

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 40 && text.front() >= 'a' && text.front() <= 'z' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

void need_resource(Fields& in, const std::string& id, const Scope& scope) {
  if (!in.ok() || scope.suite.find(id) != nullptr) return;
  std::vector<std::string> known;
  for (const ResourceSpec& one : scope.suite.resources) known.push_back(one.id);
  in.fail("id", fmt::format("names no resource of the suite: \"{}\"{}", id,
                            base::did_you_mean(id, known)));
}

// The resource and the name of an object that an earlier step applied.
std::pair<std::string, std::string> need_applied(Fields& in, const Scope& scope) {
  std::string as;
  in.need("id", as);
  if (!in.ok()) return {};
  if (const auto found = scope.applied.find(as); found != scope.applied.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [name, object] : scope.applied) known.push_back(name);
  in.fail("id", fmt::format("\"{}\" was not applied before{}", as, base::did_you_mean(as, known)));
  return {};
}

std::string object_name(Fields& in, std::string_view key, const std::string& name,
                        const Scope& scope) {
  std::string out = name + "-" + scope.suffix;
  if (in.ok() && out.size() > kMaxObjectName)
    in.fail(key, fmt::format("makes a name of {} characters with that of the test", out.size()),
            fmt::format("together up to {}", kMaxObjectName));
  return out;
}

void read_speech(Fields& in, Speech& out) {
  std::string name;
  in.get("protocol", name);
  if (name.empty() || !in.ok()) return;
  const auto row = std::ranges::find(speeches(), name, &SpeechRow::name);
  if (row != speeches().end()) {
    out = row->speech;
    return;
  }
  std::vector<std::string> known;
  for (const SpeechRow& one : speeches()) known.emplace_back(one.name);
  in.fail("protocol", fmt::format("is \"{}\"{}", name, base::did_you_mean(name, known)),
          "choose one of " + base::join(known, ", "));
}

Action read_service(Fields& in, Scope& scope) {
  ServiceStep out;
  std::string name;
  need_name(in, "name", name);
  in.need("selectApps", out.apps).get("headless", out.headless);
  read_speech(in, out.speech);
  for (const std::string& app : out.apps) need_app(in, "selectApps", app, scope);
  if (in.ok() && out.apps.empty()) in.fail("selectApps", "is empty");
  if (const Value* ports = in.find("ports"); ports != nullptr && in.ok())
    for (const Value& one : ports->is_list() ? ports->items() : Value::List{}) {
      const bool good = one.is_int() && one.integer() > 0 && one.integer() < 65'536;
      if (!good) return in.fail("ports", "has no port number"), Action{};
      out.ports.push_back(static_cast<std::uint16_t>(one.integer()));
    }
  if (out.ports.empty()) out.ports = {row_of(out.speech).port};
  if (in.ok() && out.ports.size() > 8) in.fail("ports", "has more than 8");
  if (in.ok() && scope.names.contains(name)) in.fail("name", "is bound already");
  out.name = object_name(in, "name", name, scope);
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
  need_resource(in, out.resource, scope);
  out.name = object_name(in, "as", as, scope);
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
  std::tie(out.resource, out.name) = need_applied(in, scope);
  return out;
}

Action read_wait(Fields& in, Scope& scope) {
  WaitStep out;
  out.name = need_applied(in, scope).second;
  in.get("conditions", out.conditions).get("reasons", out.reasons).get("equals", out.equals);
  duration(in, "within", std::chrono::minutes(5), out.within);
  for (const auto& [type, status] : out.conditions)
    if (in.ok() && status != "True" && status != "False" && status != "Unknown")
      in.fail("conditions", fmt::format("wants {} to be \"{}\"", type, status),
              "a condition is \"True\", \"False\" or \"Unknown\"");
  if (in.ok() && out.conditions.empty() && out.reasons.empty() && out.equals.empty())
    in.fail("conditions", "are missing", "say what is waited for: conditions, reasons or equals");
  return out;
}

Action read_scale(Fields& in, Scope& scope) {
  ScaleStep out;
  in.need("app", out.app);
  need_app(in, "app", out.app, scope);
  in.require("replicas");
  bounded(in, "replicas", 0, kMaxReplicas, out.replicas);
  return out;
}

Action read_restart(Fields& in, Scope& scope) {
  RestartStep out;
  in.need("app", out.app);
  need_app(in, "app", out.app, scope);
  return out;
}

Action read_script(Fields& in, Scope&) {
  ScriptStep out;
  in.need("command", out.command);
  duration(in, "timeout", std::chrono::minutes(5), out.timeout);
  const bool too_long =
      std::ranges::any_of(out.command, [](const std::string& word) { return word.size() > 4096; });
  const bool has_zero = std::ranges::any_of(
      out.command, [](const std::string& word) { return word.find('\0') != std::string::npos; });
  if (in.ok() && (out.command.empty() || out.command.front().empty() || out.command.size() > 64 ||
                  too_long || has_zero))
    in.fail("command", "is no program with its arguments",
            "a list of 1 to 64 texts of up to 4096 characters, the program first");
  return out;
}

Action read_raw(Fields& in, Scope& scope) {
  RawStep out;
  in.get("id", out.resource).need("path", out.path).get("equals", out.equals);
  in.get("present", out.present).get("ascending", out.ascending);
  duration(in, "within", std::chrono::minutes(5), out.within);
  if (!out.resource.empty()) need_resource(in, out.resource, scope);
  if (const Value* least = in.find("atLeast"); least != nullptr && in.ok())
    for (const doc::Member& member : least->is_map() ? least->members() : doc::Map{})
      if (!decode(member.value, out.at_least[member.key]))
        in.fail("atLeast", fmt::format("has no number for {}", member.key));
  const bool whole = out.path.starts_with('/') || (out.path.empty() && !out.resource.empty());
  if (in.ok() && (!whole || out.path.find_first_of(" \r\n") != out.path.npos))
    in.fail("path", "is no path of the API server", "it begins with / and has no blanks");
  return out;
}

Action read_reissue(Fields& in, Scope& scope) {
  ReissueStep out;
  in.need("app", out.app);
  need_app(in, "app", out.app, scope);
  out.certificate.of = out.app;
  in.part("certificate", out.certificate, read_certificate);
  need_app(in, "certificate", out.certificate.of, scope);
  return out;
}

struct StepReader {
  StepType type;
  Action (*read)(Fields&, Scope&);  // null: read_cases
};
constexpr std::array<StepReader, 12> kSteps{
    {{{"service", "a service of the test's own over the pods of some applications"}, read_service},
     {{"apply", "an object of the API under test, from the template of the version served"},
      read_apply},
     {{"delete", "such an object, waiting until it is gone"}, read_delete},
     {{"wait", "until such an object has conditions, reasons or values"}, read_wait},
     {{"scale", "an application to some pods, waiting until they are ready"}, read_scale},
     {{"restart", "an application with new pods, waiting until they are ready"}, read_restart},
     {{"settle", "until answers show that the new configuration is live"}, read_settle},
     {{"probe", "requests whose every answer is judged"}, read_probe},
     {{"cases", "probes with a URL in common; what is sent arrives unchanged, unless one says so"},
      nullptr},
     {{"raw", "a GET on the API server"}, read_raw},
     {{"reissue", "another certificate for the proxy of an application"}, read_reissue},
     {{"script", "a program of the user's, where run has --allow-script"}, read_script}}};

}  // namespace

void need_name(Fields& in, std::string_view key, std::string& out) {
  in.need(key, out);
  if (in.ok() && !is_name(out))
    in.fail(key, fmt::format("is \"{}\"", out),
            "a name has up to 40 lower-case letters, digits and dashes, a letter first");
}

std::vector<StepType> step_types() {
  std::vector<StepType> out;
  out.reserve(std::size(kSteps));
  for (const StepReader& step : kSteps) out.push_back(step.type);
  return out;
}

Result<std::vector<StepSpec>> read_step(const doc::Document& document, const Value& value,
                                        Scope& scope) {
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
  std::vector<Action> actions;
  if (in.ok() && reader->read != nullptr) actions.push_back(reader->read(in, scope));
  if (in.ok() && reader->read == nullptr) actions = read_cases(in, scope);
  WEFT_CHECK(in.done());
  std::vector<StepSpec> out;
  out.reserve(actions.size());
  for (Action& action : actions) out.push_back({std::move(action), member.key_position});
  return out;
}

}  // namespace weft::conform
