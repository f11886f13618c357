#include "lib/kube/release.h"

#include <algorithm>
#include <chrono>

#include "lib/base/clock.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"

namespace weft::kube {
namespace {

using base::Result;

constexpr std::string_view kStatusNames[] = {
    "unknown",      "deployed",        "uninstalled",     "superseded",      "failed",
    "uninstalling", "pending-install", "pending-upgrade", "pending-rollback"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// helm's JSON says revisions as numbers and, in lists, as text.
int revision_at(const doc::Value& value, std::string_view key) {
  const doc::Value* revision = value.find(key);
  if (revision == nullptr) return 0;
  std::int64_t number = 0;
  if (revision->is_int()) number = revision->integer();
  if (revision->is_string()) number = base::parse_int(revision->string()).value_or(0);
  return static_cast<int>(std::clamp<std::int64_t>(number, 0, 1'000'000'000));
}

// "2026-11-22 19:10:50.752181139 +0000 UTC" (Go) into RFC 3339; what is RFC 3339 stays.
std::string timestamp(std::string_view text) {
  const auto words = base::split(text, ' ');
  if (words.size() < 3 || words[2].size() != 5) return std::string(text);
  const std::string zone = fmt::format("{}:{}", words[2].substr(0, 3), words[2].substr(3));
  const auto time = base::parse_rfc3339(fmt::format("{}T{}{}", words[0], words[1], zone));
  return time.ok() ? base::format_rfc3339(*time) : std::string(text);
}

template <typename Row>
void read_common(const doc::Value& value, Row& row) {
  row.revision = revision_at(value, "revision");
  row.status = parse_status(text_at(value, {"status"}));
  split_chart(text_at(value, {"chart"}), row.chart, row.chart_version);
  row.app_version = text_at(value, {"app_version"});
  row.updated = timestamp(text_at(value, {"updated"}));
}

// `[]`, or null, or nothing at all where there are none.
Result<doc::Value> read_list(std::string_view what, std::string_view json) {
  if (base::trim(json).empty()) return doc::Value::list();
  WEFT_TRY(document, doc::read_json(doc::Source(std::string(what), std::string(json))));
  if (document.root.is_null()) return doc::Value::list();
  if (!document.root.is_list())
    return base::Error{base::ExitCode::tool, fmt::format("{} did not print a list", what)};
  return std::move(document.root);
}

std::string hooks_text(const doc::Value& root) {
  std::string text;
  for (const doc::Value& hook : list_at(root, {"hooks"}))
    text += fmt::format("---\n{}\n", text_at(hook, {"manifest"}));
  return text;
}

}  // namespace

std::string_view status_name(ReleaseStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

ReleaseStatus parse_status(std::string_view name) {
  const auto* found = std::find(std::begin(kStatusNames), std::end(kStatusNames), name);
  if (found == std::end(kStatusNames)) return ReleaseStatus::unknown;
  return static_cast<ReleaseStatus>(found - std::begin(kStatusNames));
}

bool is_pending(ReleaseStatus status) {
  return status == ReleaseStatus::pending_install || status == ReleaseStatus::pending_upgrade ||
         status == ReleaseStatus::pending_rollback;
}

void split_chart(std::string_view text, std::string& name, std::string& version) {
  // From the left, so that "x-1.2.3-rc.1" is not cut in its pre-release: a version has a dot.
  for (std::size_t at = text.find('-'); at != std::string_view::npos; at = text.find('-', at + 1)) {
    std::string_view rest = text.substr(at + 1);
    if (rest.starts_with('v')) rest.remove_prefix(1);
    const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits == 0 || digits == rest.size() || rest[digits] != '.') continue;
    if (digits + 1 >= rest.size() || !is_digit(rest[digits + 1])) continue;
    name = text.substr(0, at);
    version = text.substr(at + 1);
    return;
  }
  name = text;
  version.clear();
}

Result<Objects> ReleaseDetail::objects() const {
  return read_objects(doc::Source("manifest of " + name, manifest));
}

Result<Objects> ReleaseDetail::hook_objects() const {
  return read_objects(doc::Source("hooks of " + name, hooks));
}

Result<std::vector<Release>> read_releases(std::string_view json) {
  WEFT_TRY(rows, read_list("helm list", json));
  std::vector<Release> releases;
  for (const doc::Value& row : rows.items()) {
    Release& release = releases.emplace_back();
    release.name = text_at(row, {"name"});
    release.ns = text_at(row, {"namespace"});
    read_common(row, release);
  }
  return releases;
}

Result<std::vector<Revision>> read_history(std::string_view json) {
  WEFT_TRY(rows, read_list("helm history", json));
  std::vector<Revision> revisions;
  for (const doc::Value& row : rows.items()) {
    Revision& revision = revisions.emplace_back();
    read_common(row, revision);
    revision.description = text_at(row, {"description"});
  }
  return revisions;
}

Result<ReleaseDetail> read_release(std::string_view json) {
  WEFT_TRY(document, doc::read_json(doc::Source("helm's answer", std::string(json))));
  const doc::Value& root = document.root;
  ReleaseDetail release;
  release.name = text_at(root, {"name"});
  if (release.name.empty())
    return base::Error{base::ExitCode::tool, "helm did not print a release"};
  release.ns = text_at(root, {"namespace"});
  release.revision = revision_at(root, "version");
  release.status = parse_status(text_at(root, {"info", "status"}));
  release.description = text_at(root, {"info", "description"});
  release.notes = text_at(root, {"info", "notes"});
  release.manifest = text_at(root, {"manifest"});
  release.hooks = hooks_text(root);
  release.server_side = text_at(root, {"apply_method"}) == "ssa";
  return release;
}

}  // namespace weft::kube
