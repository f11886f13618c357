// The table of rules as a whole: what holds for one rule holds for all. Every rule is run over its
// fixtures; a line of bad.yaml that ends in "# <id>" must be found, and no other.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/lines.h"
#include "lib/rules/validate.h"
#include "lib/testkit/paths.h"

namespace weft::rules {
namespace {

std::string fixture(const Rule& rule, const std::string& name) {
  const auto text = base::read_file(testkit::testdata(fmt::format("rules/{}/{}", rule.id, name)));
  if (!text.ok()) FAIL(text.error().message);
  return *text;
}

// Lines on which the rule alone finds something, in a complete input.
std::set<std::uint32_t> found_lines(const Rule& rule, std::string text) {
  std::vector<doc::Manifests> files;
  files.push_back(doc::read_manifests(doc::Source("fixture.yaml", std::move(text))));
  const Inventory in(std::move(files),
                     {.complete = true, .now = *base::parse_rfc3339("2026-03-01T00:00:00Z")});
  const Outcome outcome = validate(in, {.only = {std::string(rule.id)}, .today = "2026-03-01"});
  std::set<std::uint32_t> lines;
  for (const Finding& finding : outcome.findings) {
    CHECK(finding.rule->id == rule.id);
    CHECK_FALSE(finding.message.empty());
    CHECK_FALSE(finding.message.ends_with('.'));
    lines.insert(finding.at.line);
  }
  return lines;
}

std::set<std::uint32_t> marked_lines(const Rule& rule, const std::string& text) {
  const doc::Source source("bad.yaml", text);
  const Lines lines(source);
  std::set<std::uint32_t> marked;
  for (std::uint32_t number = 1; number <= lines.size(); ++number)
    if (lines[number].ends_with(fmt::format("# {}", rule.id))) marked.insert(number);
  return marked;
}

std::string listed(const std::set<std::uint32_t>& lines) {
  std::string out;
  for (const auto line : lines) out += fmt::format("{} ", line);
  return out;
}

}  // namespace

TEST_CASE("every rule finds what is marked in its bad fixture and nothing in its good one") {
  for (const Rule& rule : all_rules()) {
    INFO(rule.id);
    const std::string bad = fixture(rule, "bad.yaml");
    CHECK_FALSE(marked_lines(rule, bad).empty());
    CHECK(listed(found_lines(rule, bad)) == listed(marked_lines(rule, bad)));
    CHECK(listed(found_lines(rule, fixture(rule, "good.yaml"))) == "");
  }
}

TEST_CASE("every rule says what it is, why it matters and what to do") {
  std::set<std::string_view> names;
  for (const Rule& rule : all_rules()) {
    INFO(rule.id);
    CHECK(rule.id.size() == 5);
    CHECK(rule.id.front() == 'W');
    CHECK(names.insert(rule.id).second);
    CHECK(names.insert(rule.slug).second);
    for (std::string_view text : {rule.title, rule.why, rule.remedy, rule.category, rule.mesh})
      CHECK_FALSE(text.empty());
    CHECK_FALSE(rule.title.ends_with('.'));
    CHECK_FALSE(rule.remedy.ends_with('.'));
    CHECK(rule.why.ends_with('.'));
  }
}

TEST_CASE("a folder of fixtures belongs to a rule") {
  for (const auto& entry : std::filesystem::directory_iterator(testkit::testdata("rules"))) {
    INFO(entry.path());
    CHECK(find_rule(entry.path().filename().string()) != nullptr);
  }
}

}  // namespace weft::rules
