#include <map>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/lines.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Strings to YAML 1.2 and to us; kubectl reads YAML 1.1, where they are booleans.
bool is_old_boolean(std::string_view text) {
  if (text.size() > 3) return false;
  for (const char* word : {"y", "n", "yes", "no", "on", "off"})
    if (base::equal_ignoring_case(text, word)) return true;
  return false;
}

class Check {
 public:
  explicit Check(Report& out) : out_(out) {}

  void map(const Resource& resource, const Value* values, std::string_view what) {
    for (const Member& member : members(values)) value(resource, &member.value, what, member.key);
  }

  void list(const Resource& resource, const Value* values, std::string_view what) {
    for (const Value& item : items(values)) value(resource, &item, what, "");
  }

  void value(const Resource& resource, const Value* value, std::string_view what,
             std::string_view key) {
    if (value == nullptr) return;
    const bool is_typed = value->is_bool() || value->is_number();
    if (!is_typed && !is_old_boolean(text(value))) return;
    const std::string written = written_at(resource, *value);
    // In quotes, or text on lines of its own.
    if (written.empty() || (!is_typed && written != text(value))) return;
    Finding& finding =
        out_.add(resource, value,
                 fmt::format("{} without quotes is a {}, and {} must be a string", written,
                             is_typed && value->is_number() ? "number" : "boolean", what));
    finding.with("key", key);
    if (written == scalar_text(value))
      finding.fixed_by({Fix::Kind::set, value, fmt::format("\"{}\"", written)});
  }

 private:
  // The scalar as it stands in the file, to the next space or mark.
  std::string written_at(const Resource& resource, const Value& value) {
    const doc::Source& source = *resource.document->source;
    const Lines& lines = lines_.try_emplace(&source, source).first->second;
    const std::string_view line = lines[value.position().line];
    const std::size_t start = value.position().column - 1;
    if (value.position().column == 0 || start >= line.size()) return {};
    const std::string_view rest = line.substr(start);
    return std::string(rest.substr(0, rest.find_first_of(" ,]}\t\r")));
  }

  Report& out_;
  std::map<const doc::Source*, Lines> lines_;
};

void check(const Inventory& in, Report& out) {
  Check strings(out);
  for (const Resource& resource : in.all()) {
    strings.map(resource, resource.labels(), "a label");
    strings.map(resource, resource.annotations(), "an annotation");
  }
  for (const Resource* service : in.all(kinds::service))
    strings.map(*service, get(service->spec, "selector"), "a label");
  for (const Resource* map : in.all(kinds::config_map))
    strings.map(*map, get(map->root, "data"), "an entry of a ConfigMap");
  for (const Workload& workload : in.workloads()) {
    const Resource& resource = *workload.resource;
    if (!workload.is_pod()) {
      strings.map(resource, workload.labels(), "a label");
      strings.map(resource, workload.annotations(), "an annotation");
      strings.map(resource, get(resource.spec, "selector", "matchLabels"), "a label");
    }
    strings.map(resource, get(workload.pod, "nodeSelector"), "a label");
    for (const Value* container : workload.containers()) {
      for (const Value& variable : items(get(container, "env")))
        strings.value(resource, get(&variable, "value"), "the value of a variable",
                      text(get(&variable, "name")));
      strings.list(resource, get(container, "command"), "a word of a command");
      strings.list(resource, get(container, "args"), "an argument");
    }
  }
}

}  // namespace

Rule wf011() {
  return {.id = "WF011",
          .slug = "unquoted",
          .severity = Severity::error,
          .mesh = "all",
          .category = "files",
          .title = "a number or boolean where Kubernetes wants a string",
          .why =
              "YAML takes 8080, true, and for kubectl also yes, no, on and off, for something else "
              "than text; the API server refuses the object as a whole.",
          .remedy = "put it in quotes",
          .check = check};
}

}  // namespace weft::rules
