#include "lib/pattern/reading/read.h"

#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/lifecycle/values.h"
#include "lib/pattern/reading/keys.h"
#include "lib/pattern/reading/reader.h"
#include "lib/pattern/reading/reference.h"

namespace weft::pattern {
namespace {

using base::Result;
using doc::Value;

constexpr int kDeepestUse = 8;

Result<void> assign(doc::Document& document, const ReadOptions& options) {
  for (const Assigned& each : options.set)
    WEFT_CHECK(lifecycle::set_path(document.root, each.path, each.value));
  if (options.vars.empty()) return {};
  Value* vars = document.root.find("vars");
  Value merged = vars != nullptr && vars->is_map() ? *vars : Value::map();
  for (const auto& [name, value] : options.vars) merged.set(name, value);
  document.root.set("vars", std::move(merged));
  return {};
}

// In place of a service with `type: $(#use NAME)` all services of that pattern: its settings are
// their variables, and who depends on it depends on them.
class Uses {
 public:
  Uses(Reading& reading, const ReadOptions& options) : reading_(reading), options_(options) {}

  Result<void> expand() {
    std::vector<Service> services = std::move(reading_.pattern.services);
    reading_.pattern.services.clear();
    for (Service& service : services) {
      const auto name = only_placeholder(service.type.text, Placeholder::Kind::use);
      if (name)
        WEFT_CHECK(use(service, *name));
      else
        reading_.pattern.services.push_back(std::move(service));
    }
    if (!parts_.empty()) rewire();
    return {};
  }

 private:
  Result<void> use(const Service& user, const std::string& name) {
    if (!options_.use || options_.depth >= kDeepestUse)
      return user.error(user.type.at,
                        options_.use
                            ? fmt::format("{} is used more than {} files deep", name, kDeepestUse)
                            : fmt::format("{} cannot be used here", name));
    auto source = options_.use(name, user.source->name());
    if (!source.ok()) return std::move(source.error()).at(user.source->where(user.type.at));
    ReadOptions inner = options_;
    inner.depth = options_.depth + 1;
    inner.set.clear();
    for (const doc::Member& setting : user.settings.members())
      inner.vars[setting.key] = setting.value;
    WEFT_TRY(used, read(std::move(*source), inner));
    for (const doc::Member& setting : user.settings.members())
      if (used.unused.contains(setting.key))
        return user.error(setting.key_position, unknown_variable(used, setting.key));
    std::erase_if(reading_.unused,
                  [&used](const std::string& each) { return !used.unused.contains(each); });
    reading_.notes.insert(reading_.notes.end(), used.notes.begin(), used.notes.end());
    for (Service& service : used.pattern.services) {
      service.key = fmt::format("{}.{}", user.key, service.key);
      for (Name& need : service.depends_on) need.text = fmt::format("{}.{}", user.key, need.text);
      service.depends_on.insert(service.depends_on.end(), user.depends_on.begin(),
                                user.depends_on.end());
      if (service.ns.empty()) service.ns = user.ns;
      parts_[user.key].push_back(service.key);
      reading_.pattern.services.push_back(std::move(service));
    }
    return {};
  }

  void rewire() {
    for (Service& service : reading_.pattern.services) {
      std::vector<Name> needs;
      for (const Name& need : service.depends_on) {
        const auto parts = parts_.find(need.text);
        if (parts == parts_.end())
          needs.push_back(need);
        else
          for (const std::string& part : parts->second) needs.push_back({part, need.at});
      }
      service.depends_on = std::move(needs);
    }
  }

  Reading& reading_;
  const ReadOptions& options_;
  std::map<std::string, std::vector<std::string>> parts_;
};

// Whether a variable is declared, or stands in a reference without being declared.
bool uses(const doc::Document& document, const std::string& variable) {
  const Value* declared = document.root.find("vars");
  return (declared != nullptr && declared->is_map() && declared->find(variable) != nullptr) ||
         document.source->text().find("ref.vars." + variable) != std::string::npos;
}

void tidy_keys(doc::Document& document, Reading& out) {
  doc::Position first;
  std::size_t count = 0;
  if (Value* services = document.root.find("services"); services && services->is_map())
    for (doc::Member& service : services->members()) count += remove_blanks(service.value, first);
  if (count != 0)
    out.notes.push_back({Level::info,
                         fmt::format("{} blanks inside, read without them",
                                     count == 1 ? "1 key has" : fmt::format("{} keys have", count)),
                         document.source->where(first)});
}

Result<void> read_head(Reader& reader) {
  const Value& root = reader.document().root;
  WEFT_TRY(name, reader.text(root, "name", "the pattern"));
  WEFT_TRY(version, reader.text(root, "version", "the pattern"));
  WEFT_TRY(vars, reader.map(root, "vars", "the pattern"));
  reader.pattern().name = name;
  reader.pattern().version = version;
  reader.pattern().vars = std::move(vars);
  return {};
}

Unseal environment_of(const ReadOptions& options) {
  return [&options](const std::string& path) -> std::optional<std::string> {
    constexpr std::string_view kEnv = "env.";
    if (!path.starts_with(kEnv) || !options.environment) return std::nullopt;
    return options.environment(path.substr(kEnv.size()));
  };
}

}  // namespace

std::string unknown_variable(const Reading& reading, std::string_view name) {
  std::vector<std::string> names;
  for (const doc::Member& var : reading.pattern.vars.members())
    if (!reading.unused.contains(var.key)) names.push_back(var.key);
  const std::string of = reading.pattern.name.empty()
                             ? "the pattern"
                             : fmt::format("pattern {}", reading.pattern.name);
  if (names.empty()) return fmt::format("{} has no variables", of);
  return fmt::format("{} has no variable {}{}; it has {}", of, name,
                     base::did_you_mean(name, names), base::join(names, ", "));
}

Result<Reading> read(doc::Source source, const ReadOptions& options) {
  WEFT_TRY(opened, open(std::move(source)));
  Reading out;
  out.notes = std::move(opened.notes);
  out.pattern.dialect = opened.dialect;
  for (const auto& [name, value] : options.vars)
    if (opened.dialect == Dialect::manifests || !uses(opened.documents.front(), name))
      out.unused.insert(name);
  if (opened.dialect == Dialect::manifests) {
    WEFT_CHECK(read_objects(opened.documents, out));
    return out;
  }
  doc::Document& document = opened.documents.front();
  tidy_keys(document, out);
  WEFT_CHECK(assign(document, options));
  WEFT_CHECK(fill_references(document, environment_of(options)));
  Reader reader(document, out);
  WEFT_CHECK(read_head(reader));
  if (opened.dialect == Dialect::v0)
    WEFT_CHECK(read_services(reader));
  else
    WEFT_CHECK(read_components(reader));
  WEFT_CHECK(Uses(out, options).expand());
  return out;
}

Result<void> append(Reading& into, Reading from) {
  std::set<std::string, std::less<>> keys;
  for (const Service& service : into.pattern.services) keys.insert(service.key);
  for (Service& service : from.pattern.services) {
    if (!keys.insert(service.key).second)
      return service.error(service.at,
                           fmt::format("service {} stands in another file too", service.key),
                           "give one of them another name");
    into.pattern.services.push_back(std::move(service));
  }
  if (into.pattern.name.empty()) into.pattern.name = from.pattern.name;
  std::erase_if(into.unused,
                [&from](const std::string& name) { return !from.unused.contains(name); });
  auto& drawings = into.pattern.drawings;
  drawings.insert(drawings.end(), from.pattern.drawings.begin(), from.pattern.drawings.end());
  into.notes.insert(into.notes.end(), from.notes.begin(), from.notes.end());
  return {};
}

}  // namespace weft::pattern
