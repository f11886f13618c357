#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/errors.h"
#include "lib/kube/object.h"

namespace weft::kube {
namespace {

constexpr std::size_t kMostBytes = 4096;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "E1122 19:10:50.752181   12 memcache.go:265] ...": what client-go logs.
bool is_klog(std::string_view line) {
  return line.size() > 6 && std::string_view("IWEF").find(line[0]) != std::string_view::npos &&
         std::all_of(line.begin() + 1, line.begin() + 5, is_digit) && line[5] == ' ';
}

bool is_noise(std::string_view line) {
  return is_klog(line) || line.starts_with("Warning: ") || line.starts_with("WARNING: ") ||
         line.starts_with("level=") || line.starts_with("time=") || line.starts_with("Flag --") ||
         base::trim(line).empty();
}

std::string_view after(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  return at == std::string_view::npos ? std::string_view{} : text.substr(at + mark.size());
}

std::string_view until(std::string_view text, std::string_view mark) {
  return text.substr(0, text.find(mark));
}

// "INSTALLATION FAILED: rest" into "rest".
std::string_view without_verdict(std::string_view text) {
  const auto end = text.find(" FAILED: ");
  if (end == std::string_view::npos) return text;
  const bool shouted = std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end),
                                   [](char c) { return (c >= 'A' && c <= 'Z') || c == ' '; });
  return shouted ? text.substr(end + 9) : text;
}

// "istio-system/istiod apps/v1, Kind=Deployment" into "Deployment istio-system/istiod".
std::string object_named(std::string_view text) {
  const std::string_view name = until(text, " ");
  const std::string_view kind = after(text, "Kind=");
  return fmt::format("{} {}", kind, name.starts_with('/') ? name.substr(1) : name);
}

// What stands between a quote and the next.
std::string_view quoted(std::string_view text) { return until(after(text, "\""), "\""); }

void read_conflict_line(std::string_view line, std::vector<Conflict>& conflicts) {
  const std::string_view object =
      until(after(line, "conflict occurred while applying object "), ": ");
  for (;;) {
    const auto one = line.find("conflict with \""), many = line.find("conflicts with \"");
    const auto start = std::min(one, many);
    if (start == std::string_view::npos) return;
    line = line.substr(start);
    Conflict conflict;
    if (!object.empty()) conflict.object = object_named(object);
    conflict.manager = quoted(line);
    line = after(after(line, "\""), "\"");
    const auto colon = line.find(':');
    line =
        colon == std::string_view::npos ? std::string_view{} : base::trim(line.substr(colon + 1));
    if (line.starts_with('.')) conflict.fields.emplace_back(until(line, ", conflict"));
    conflicts.push_back(std::move(conflict));
  }
}

}  // namespace

std::string complaint_of(std::string_view stderr_text) {
  std::string kept;
  for (std::string_view line : base::split(stderr_text, '\n')) {
    if (is_noise(line)) continue;
    if (line.starts_with("Error: ")) kept.clear();  // helm: what came before is its log
    if (!kept.empty()) kept += '\n';
    kept += line;
  }
  std::string_view text = kept;
  for (std::string_view prefix : {"Error: ", "error: "})
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  text = without_verdict(text);
  text = text.substr(0, kMostBytes);
  return std::string(text.substr(0, base::valid_utf8_length(text)));
}

std::vector<Conflict> conflicts_in(std::string_view text) {
  std::vector<Conflict> conflicts;
  for (std::string_view line : base::split(text, '\n')) {
    if (line.starts_with("- .") && !conflicts.empty())
      conflicts.back().fields.emplace_back(line.substr(2));
    else
      read_conflict_line(line, conflicts);
  }
  return conflicts;
}

std::vector<ForeignObject> foreign_objects_in(std::string_view text) {
  std::vector<ForeignObject> found;
  constexpr std::string_view kMark = " exists and cannot be imported into the current release";
  for (std::size_t end = text.find(kMark); end != std::string_view::npos; end = text.find(kMark)) {
    std::string_view before = text.substr(0, end);
    before =
        before.substr(before.rfind(": ") == std::string_view::npos ? 0 : before.rfind(": ") + 2);
    text = text.substr(end + kMark.size());
    const std::string_view details = until(text, kMark);
    const std::string_view kind = base::trim(until(before, "\""));
    const std::string_view ns = quoted(after(before, " in namespace "));
    const auto current = [details](std::string_view key) {
      return std::string(quoted(after(after(details, key), "current value is ")));
    };
    found.push_back({.object = make_ref("v1", kind, ns, quoted(before)).text(),
                     .release = current("\"meta.helm.sh/release-name\""),
                     .ns = current("\"meta.helm.sh/release-namespace\"")});
  }
  return found;
}

}  // namespace weft::kube
