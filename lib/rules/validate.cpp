#include "lib/rules/validate.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "lib/base/format.h"
#include "lib/base/parallel.h"
#include "lib/rules/live_kinds.h"

namespace weft::rules {
namespace {

bool is_named(const std::vector<std::string>& names, const Rule& rule) {
  return std::any_of(names.begin(), names.end(),
                     [&rule](const std::string& name) { return names_rule(name, rule); });
}

bool is_wanted(const Options& options, const Rule& rule) {
  return (options.only.empty() || is_named(options.only, rule)) && !is_named(options.skip, rule);
}

auto place(const Finding& finding) {
  return std::tie(finding.at.line, finding.at.column, finding.rule->id, finding.message);
}

// By file, and there by place.
bool stands_before(const Finding& a, const Finding& b) {
  const int files = a.source == b.source ? 0 : a.source->name().compare(b.source->name());
  return files != 0 ? files < 0 : place(a) < place(b);
}

bool says_the_same(const Finding& a, const Finding& b) {
  return a.resource == b.resource && !stands_before(a, b) && !stands_before(b, a);
}

// Of the default ingress, and of what Kubernetes itself runs in a cluster.
bool is_nobodys(const Finding& finding) {
  if (finding.source->name() == kDefaultIngress) return true;
  return finding.resource != nullptr && finding.resource->is_live &&
         is_system_namespace(finding.resource->ns);
}

struct Checked {
  Finding finding;
  bool is_hidden = false;  // by an annotation
};

std::vector<Checked> run(const Rule& rule, const Inventory& in) {
  Report report;
  report.begin(rule);
  rule.check(in, report);
  std::vector<Finding> findings = report.take();
  std::vector<Checked> out;
  out.reserve(findings.size());
  for (Finding& finding : findings) {
    if (is_nobodys(finding)) continue;
    finding.is_partial = finding.is_absence && !in.settings().complete;
    if (finding.is_partial) finding.severity = Severity::info;
    const bool is_hidden = is_hidden_by_annotation(finding);
    out.push_back({std::move(finding), is_hidden});
  }
  return out;
}

// By rule, in the order of the table.
std::vector<std::vector<Checked>> checked(const Inventory& in, const Options& options) {
  std::vector<const Rule*> wanted;
  for (const Rule& rule : all_rules())
    if (rule.check != nullptr && is_wanted(options, rule)) wanted.push_back(&rule);
  std::vector<std::vector<Checked>> found(wanted.size());
  // From both ends: of neighbours, which share views, one would wait for what the other makes.
  base::in_parallel(options.workers, wanted.size(), [&](std::size_t i) {
    const std::size_t at = i % 2 == 0 ? i / 2 : wanted.size() - 1 - i / 2;
    found[at] = run(*wanted[at], in);
  });
  return found;
}

// Each said once. Findings are large: places are sorted, and each is moved only once.
std::vector<Finding> in_order(std::vector<Finding> findings) {
  std::vector<std::uint32_t> order(findings.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&findings](std::uint32_t a, std::uint32_t b) {
    return stands_before(findings[a], findings[b]);
  });
  std::vector<Finding> sorted;
  sorted.reserve(findings.size());
  for (const std::uint32_t place : order)
    if (sorted.empty() || !says_the_same(sorted.back(), findings[place]))
      sorted.push_back(std::move(findings[place]));
  return sorted;
}

std::string problem_of(const Suppression& suppression, bool is_used, std::string_view today) {
  if (suppression.rules.empty()) return "this weft:ignore names no rule";
  for (const std::string& name : suppression.rules) {
    const auto& rules = all_rules();
    if (std::none_of(rules.begin(), rules.end(),
                     [&name](const Rule& rule) { return names_rule(name, rule); }))
      return fmt::format("there is no rule {}", name);
  }
  if (is_expired(suppression, today))
    return fmt::format("this suppression ended on {}", suppression.until);
  return is_used ? "" : "this suppression hides nothing";
}

// One of WF014 for each comment that does nothing.
std::vector<Finding> idle(const Comments& comments, const Inventory& in, const Options& options) {
  Report report;
  const Rule* rule = find_rule("WF014");
  if (!is_wanted(options, *rule)) return {};
  report.begin(*rule);
  std::unordered_map<const doc::Source*, std::shared_ptr<const doc::Source>> sources;
  for (const auto& file : in.files()) sources.emplace(file.source.get(), file.source);
  for (std::size_t i = 0; i < comments.all().size(); ++i) {
    const Suppression& comment = comments.all()[i];
    const std::string problem = problem_of(comment, comments.is_used(i), options.today);
    if (!problem.empty()) report.add(sources.at(comment.source), {comment.line, 1}, problem);
  }
  return report.take();
}

}  // namespace

std::uint64_t Outcome::count(Severity severity) const {
  return static_cast<std::uint64_t>(
      std::count_if(findings.begin(), findings.end(),
                    [severity](const Finding& finding) { return finding.severity == severity; }));
}

bool Outcome::reaches(Severity threshold) const {
  return std::any_of(findings.begin(), findings.end(),
                     [threshold](const Finding& finding) { return finding.severity >= threshold; });
}

std::set<std::string> fingerprints(const Outcome& outcome) {
  std::set<std::string> all;
  for (const Finding& finding : outcome.findings) all.insert(fingerprint(finding));
  return all;
}

Outcome validate(const Inventory& in, const Options& options) {
  Outcome outcome;
  Comments comments(in.files());
  const auto is_hidden = [&](const Checked& one) {
    bool hidden = one.is_hidden;
    for (const Suppression& ignored : options.ignored)
      hidden = hidden || (!is_expired(ignored, options.today) && hides(ignored, one.finding));
    return comments.hide(one.finding, options.today) || hidden;
  };
  const auto is_among = [](const std::set<std::string>& known, const Finding& finding) {
    return !known.empty() && known.contains(fingerprint(finding));
  };
  auto found = checked(in, options);
  std::size_t count = 0;
  for (const auto& of_rule : found) count += of_rule.size();
  outcome.findings.reserve(count);
  for (auto& of_rule : found)
    for (Checked& one : of_rule) {
      Finding& finding = one.finding;
      const bool is_live = finding.resource != nullptr && finding.resource->is_live;
      if (is_hidden(one))
        ++outcome.suppressed;
      else if (is_among(options.baseline, finding))
        ++outcome.in_baseline;
      else if (is_live && is_among(options.live, finding))
        ++outcome.in_cluster;
      else
        outcome.findings.push_back(std::move(finding));
    }
  auto dead = idle(comments, in, options);
  std::move(dead.begin(), dead.end(), std::back_inserter(outcome.findings));
  outcome.findings = in_order(std::move(outcome.findings));
  return outcome;
}

}  // namespace weft::rules
