#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_letter_or_digit(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

// Dots part it into labels of RFC 1123.
bool is_subdomain(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  char before = '.';
  for (char c : name) {
    const bool is_edge = c == '.' ? !is_lower_or_digit(before) : c == '-' && before == '.';
    if (is_edge || !(is_lower_or_digit(c) || c == '-' || c == '.')) return false;
    before = c;
  }
  return is_lower_or_digit(before);
}

// What label values and the last part of keys are made of.
bool is_qualified(std::string_view name) {
  return !name.empty() && name.size() <= 63 && is_letter_or_digit(name.front()) &&
         is_letter_or_digit(name.back()) && std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
         });
}

bool is_key(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return is_qualified(key);
  return is_subdomain(base::lower(key.substr(0, slash))) && is_qualified(key.substr(slash + 1));
}

// Kubernetes and the meshes; files of other tools only look like objects.
bool is_ours(std::string_view group) {
  if (group.find('.') == std::string_view::npos) return true;
  for (const char* suffix : {".k8s.io", "istio.io", "linkerd.io", "kuma.io", "consul.hashicorp.com",
                             "cilium.io", "smi-spec.io"})
    if (group.ends_with(suffix)) return true;
  return false;
}

// Left for some tool to fill in.
bool is_placeholder(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return c == '$' || c == '{' || c == '<' || c == '%'; });
}

// Groups whose objects may have any name that fits into a path.
bool has_free_names(const Resource& resource) {
  return resource.group == "rbac.authorization.k8s.io" || resource.kind.ends_with("Review");
}

void check_name(const Resource& resource, Report& out) {
  const Value* name = get(resource.root, "metadata", "name");
  if (text(name).empty() || is_placeholder(text(name)) || has_free_names(resource)) return;
  const bool is_label = resource.is(kinds::ns) || resource.is(kinds::service);
  const bool is_good =
      is_subdomain(text(name)) &&
      (!is_label || (text(name).size() <= 63 && text(name).find('.') == std::string_view::npos));
  if (!is_good)
    out.add(resource, name,
            fmt::format("\"{}\" cannot be a name: lower case letters, digits and - only{}",
                        text(name), is_label ? ", at most 63" : ", in parts with dots between"))
        .with("name", text(name));
}

void check_map(const Resource& resource, const Value* map, bool is_labels, Report& out) {
  for (const Member& member : members(map)) {
    const std::string_view value = text(&member.value);
    if (is_placeholder(member.key) || is_placeholder(value)) continue;
    if (!is_key(member.key))
      out.add(resource, &member.value,
              fmt::format("\"{}\" cannot be a key: at most 63 letters, digits, - _ . after an "
                          "optional domain and /",
                          member.key))
          .with("key", member.key);
    else if (is_labels && !value.empty() && !is_qualified(value))
      out.add(resource, &member.value,
              fmt::format("\"{}\" cannot be the value of a label: at most 63 letters, digits, - _ "
                          ". that begin and end with a letter or digit",
                          value))
          .with("key", member.key);
  }
}

void check(const Inventory& in, Report& out) {
  for (const Resource& resource : in.all()) {
    if (resource.kind.empty() || resource.version.empty() || !is_ours(resource.group)) continue;
    check_name(resource, out);
    check_map(resource, resource.labels(), true, out);
    check_map(resource, resource.annotations(), false, out);
  }
  for (const Workload& workload : in.workloads()) {
    if (workload.is_pod()) continue;
    check_map(*workload.resource, workload.labels(), true, out);
    check_map(*workload.resource, workload.annotations(), false, out);
  }
}

}  // namespace

Rule wf010() {
  return {.id = "WF010",
          .slug = "bad-name",
          .severity = Severity::error,
          .mesh = "all",
          .category = "files",
          .title = "a name, label or annotation that Kubernetes does not take",
          .why = "The API server refuses the object.",
          .remedy = "rename it; what is no name for machines goes into the value of an annotation",
          .check = check};
}

}  // namespace weft::rules
