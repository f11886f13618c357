#include "lib/rules/validate.h"

#include <algorithm>
#include <tuple>

#include "lib/base/format.h"

namespace weft::rules {
namespace {

bool is_named(const std::vector<std::string>& names, const Rule& rule) {
  return std::any_of(names.begin(), names.end(),
                     [&rule](const std::string& name) { return names_rule(name, rule); });
}

bool is_wanted(const Options& options, const Rule& rule) {
  return (options.only.empty() || is_named(options.only, rule)) && !is_named(options.skip, rule);
}

auto order(const Finding& finding) {
  return std::tie(finding.source->name(), finding.at.line, finding.at.column, finding.rule->id,
                  finding.message);
}

std::vector<Finding> checked(const Inventory& in, const Options& options) {
  Report report;
  for (const Rule& rule : all_rules()) {
    if (rule.check == nullptr || !is_wanted(options, rule)) continue;
    report.begin(rule);
    rule.check(in, report);
  }
  std::vector<Finding> findings = report.take();
  std::erase_if(findings,
                [](const Finding& finding) { return finding.source->name() == kDefaultIngress; });
  for (Finding& finding : findings) {
    finding.is_partial = finding.is_absence && !in.settings().complete;
    if (finding.is_partial) finding.severity = Severity::info;
  }
  return findings;
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
std::vector<Finding> idle(const std::vector<Suppression>& comments, const std::vector<bool>& used,
                          const Inventory& in, const Options& options) {
  Report report;
  const Rule* rule = find_rule("WF014");
  report.begin(*rule);
  for (std::size_t i = 0; i < comments.size(); ++i) {
    const std::string problem = problem_of(comments[i], used[i], options.today);
    if (problem.empty() || !is_wanted(options, *rule)) continue;
    for (const auto& file : in.files())
      if (file.source.get() == comments[i].source)
        report.add(file.source, {comments[i].line, 1}, problem);
  }
  return report.take();
}

std::vector<Suppression> comments_of(const Inventory& in) {
  std::vector<Suppression> all;
  for (const auto& file : in.files()) {
    if (file.source == nullptr) continue;
    auto here = suppressions_in(*file.source);
    std::move(here.begin(), here.end(), std::back_inserter(all));
  }
  return all;
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

Outcome validate(const Inventory& in, const Options& options) {
  Outcome outcome;
  const std::vector<Suppression> comments = comments_of(in);
  std::vector<bool> used(comments.size());
  const auto is_hidden = [&](const Finding& finding) {
    bool hidden = is_hidden_by_annotation(finding);
    for (const Suppression& ignored : options.ignored)
      hidden = hidden || (!is_expired(ignored, options.today) && hides(ignored, finding));
    for (std::size_t i = 0; i < comments.size(); ++i) {
      if (is_expired(comments[i], options.today) || !hides(comments[i], finding)) continue;
      used[i] = true;
      hidden = true;
    }
    return hidden;
  };
  for (Finding& finding : checked(in, options)) {
    if (is_hidden(finding))
      ++outcome.suppressed;
    else if (options.baseline.contains(fingerprint(finding)))
      ++outcome.in_baseline;
    else
      outcome.findings.push_back(std::move(finding));
  }
  auto dead = idle(comments, used, in, options);
  std::move(dead.begin(), dead.end(), std::back_inserter(outcome.findings));

  auto& findings = outcome.findings;
  std::sort(findings.begin(), findings.end(),
            [](const Finding& a, const Finding& b) { return order(a) < order(b); });
  findings.erase(std::unique(findings.begin(), findings.end(),
                             [](const Finding& a, const Finding& b) {
                               return a.resource == b.resource && order(a) == order(b);
                             }),
                 findings.end());
  return outcome;
}

}  // namespace weft::rules
