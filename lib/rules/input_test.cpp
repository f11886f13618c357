// Whole inputs: real charts and patterns keep silent, order and files do not matter, fixes are
// safe, suppressions hide what they name.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/fix.h"
#include "lib/rules/validate.h"
#include "lib/testkit/paths.h"

namespace weft::rules {
namespace {

namespace fs = std::filesystem;

std::vector<doc::Manifests> one_file(std::string text) {
  std::vector<doc::Manifests> files;
  files.push_back(doc::read_manifests(doc::Source("all.yaml", std::move(text))));
  return files;
}

// Where nothing of the file shows: rule, object, path and parameters.
std::vector<std::string> identities(std::vector<doc::Manifests> files, unsigned workers = 1) {
  const Inventory in(std::move(files),
                     {.complete = true, .now = *base::parse_rfc3339("2026-03-01T00:00:00Z")});
  const Outcome outcome = validate(in, {.today = "2026-03-01", .workers = workers});
  std::vector<std::string> all;
  for (const Finding& finding : outcome.findings)
    all.push_back(fmt::format("{} {}", fingerprint(finding), finding.message));
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::string> documents_of(const std::string& text) {
  std::vector<std::string> parts{""};
  for (std::string_view line : base::split(text, '\n')) {
    if (line.starts_with("---"))
      parts.emplace_back();
    else
      parts.back() += fmt::format("{}\n", line);
  }
  return parts;
}

std::vector<std::string> yaml_files(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// Not YAML, which kubectl says as well: text runs on where a map should end.
bool is_truly_broken(const std::string& path) {
  return path.find("/nginx-service-mesh") != std::string::npos ||
         path.ends_with("catalog-2023/unnamed-2c84b5ed.yaml");
}

// Findings of severity error in one file of somebody else's.
std::vector<std::string> errors_in(const std::string& path) {
  if (is_truly_broken(path)) return {};
  const auto text = base::read_file(path);
  if (!text.ok()) return {text.error().message};
  const Inventory in(one_file(*text), {});
  std::vector<std::string> errors;
  for (const Finding& finding : validate(in, {.today = "2026-03-01"}).findings)
    if (finding.severity == Severity::error)
      errors.push_back(fmt::format("{} {}: {}", finding.rule->id,
                                   finding.resource == nullptr ? "" : finding.resource->title(),
                                   finding.message));
  return errors;
}

}  // namespace

TEST_CASE("the order of documents, their files and threads never change the findings") {
  for (const Rule& rule : all_rules()) {
    if (rule.id.starts_with("WF")) continue;  // files are what these are about
    INFO(rule.id);
    const auto text = base::read_file(testkit::testdata(fmt::format("rules/{}/bad.yaml", rule.id)));
    REQUIRE(text.ok());
    const auto expected = identities(one_file(*text));
    std::vector<std::string> parts = documents_of(*text);
    std::reverse(parts.begin(), parts.end());
    std::string reversed;
    std::vector<doc::Manifests> split;
    for (const std::string& part : parts) {
      reversed += "---\n" + part;
      split.push_back(doc::read_manifests(doc::Source(fmt::format("{}.yaml", split.size()), part)));
    }
    CHECK(identities(one_file(reversed)) == expected);
    CHECK(identities(std::move(split), 3) == expected);
  }
}

TEST_CASE("what rules derive from the whole input is made once") {
  struct Count {
    explicit Count(const Inventory& in) : objects(in.all().size()) {}
    std::size_t objects;
  };
  const Inventory in(one_file("kind: A\n---\nkind: B\n"), {});
  CHECK(in.view<Count>().objects == 2);
  CHECK(&in.view<Count>() == &in.view<Count>());
}

TEST_CASE("a certificate is not judged when nobody says what day it is") {
  const auto text = base::read_file(testkit::testdata("rules/WL015/bad.yaml"));
  REQUIRE(text.ok());
  const Inventory in(one_file(*text), {.complete = true});
  CHECK(validate(in, {.only = {"WL015"}}).findings.empty());
}

TEST_CASE("a fix removes its finding, keeps every other byte, and is made once") {
  std::size_t fixed = 0;
  for (const Rule& rule : all_rules()) {
    INFO(rule.id);
    const auto text = base::read_file(testkit::testdata(fmt::format("rules/{}/bad.yaml", rule.id)));
    REQUIRE(text.ok());
    const Options options{.only = {std::string(rule.id)}, .today = "2026-03-01"};
    const Inventory in(one_file(*text), {.complete = true});
    const Outcome before = validate(in, options);
    const doc::Source& source = *in.files().front().source;
    const FileEdit edit = fixes_for(source, before.findings);
    if (edit.lines.empty()) continue;
    const std::string after = edited(source, edit);
    const Inventory again(one_file(after), {.complete = true});
    const Outcome rest = validate(again, options);
    CHECK(rest.findings.size() + edit.fixed == before.findings.size());
    CHECK(fixes_for(*again.files().front().source, rest.findings).lines.empty());
    CHECK(again.all().size() == in.all().size());
    CHECK(diff(source, edit).find("\n@@ ") != std::string::npos);
    fixed += edit.fixed;
  }
  CHECK(fixed > 0);
}

TEST_CASE("an annotation of istioctl or Kiali hides the finding it names") {
  for (const char* annotation : {"weft.layer5.io/ignore: vs-gateway-missing",
                                 "galley.istio.io/analyze-suppress: \"IST0101, IST0132\"",
                                 "kiali.io/ignore-validations: \"\""}) {
    const Inventory in(
        one_file(fmt::format("apiVersion: networking.istio.io/v1\n"
                             "kind: VirtualService\n"
                             "metadata:\n  name: web\n  annotations: {{{}}}\n"
                             "spec: {{hosts: [web.example.com], gateways: [gone]}}\n",
                             annotation)),
        {});
    const Outcome outcome = validate(in, {.only = {"WI010"}, .today = "2026-03-01"});
    CHECK(outcome.findings.empty());
    CHECK(outcome.suppressed == 1);
  }
}

TEST_CASE("an ended suppression hides nothing any more") {
  const auto suppression = parse_suppression("WI010 shop/* until=2026-01-31 reason=later");
  REQUIRE(suppression.ok());
  CHECK(suppression->reason == "later");
  CHECK_FALSE(is_expired(*suppression, "2026-01-31"));
  CHECK(is_expired(*suppression, "2026-02-01"));
  CHECK_FALSE(parse_suppression("until=2026-01-31").ok());
  CHECK_FALSE(parse_suppression("WI010 until=soon").ok());
}

TEST_CASE("real charts have no finding of severity error") {
  const auto charts = testkit::realdata("charts");
  if (!charts) {
    WARN("skipped: the real charts are not beside the checkout");
    return;
  }
  int count = 0;
  for (const std::string& path : yaml_files(*charts)) {
    if (!path.ends_with("rendered.yaml")) continue;
    ++count;
    INFO(path);
    for (const std::string& error : errors_in(path)) CHECK(error == "");
  }
  CHECK(count > 20);
}

TEST_CASE("real patterns have no finding of severity error") {
  const auto patterns = testkit::realdata("patterns");
  if (!patterns) {
    WARN("skipped: the real patterns are not beside the checkout");
    return;
  }
  for (const std::string& path : yaml_files(*patterns)) {
    INFO(path);
    for (const std::string& error : errors_in(path)) CHECK(error == "");
  }
}

}  // namespace weft::rules
