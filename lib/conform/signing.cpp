#include "lib/conform/signing.h"

#include <map>

#include "lib/attest/envelope.h"
#include "lib/base/format.h"
#include "lib/base/sha256.h"
#include "lib/doc/write.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using doc::Value;

Value digest(const std::string& sha256) {
  Value out;
  out.set("sha256", sha256);
  return out;
}

std::string name_in_suite(const Suite& suite, const Test& test) {
  return suite.name + '/' + test.id;
}

Value tool_of(const Run& run) {
  Value out;
  out.set("name", run.tool.name).set("version", run.tool.version);
  if (!run.tool.sha256.empty()) out.set("sha256", run.tool.sha256);
  return out;
}

Value suites_of(const Run& run) {
  Value suites = Value::list();
  for (const Suite& suite : run.suites) {
    Value one;
    one.set("name", suite.name).set("version", suite.version).set("sha256", suite.sha256);
    one.set("standard", suite.standard).set("standardVersion", suite.standard_version);
    one.set("verdict", name_of(suite.verdict)).set("capability", name_of(suite.capability));
    suites.push(std::move(one));
  }
  return suites;
}

Value mesh_of(const Run& run) {
  Value images = Value::list();
  for (const Image& image : run.mesh.images) {
    Value one;
    one.set("name", image.name).set("digest", image.digest);
    images.push(std::move(one));
  }
  Value served = Value::map();
  for (const auto& [crd, versions] : run.mesh.served) {
    Value list = Value::list();
    for (const auto& version : versions) list.push(version);
    served.set(crd, std::move(list));
  }
  Value out;
  out.set("name", run.mesh.name).set("version", run.mesh.version);
  out.set("images", std::move(images)).set("servedVersions", std::move(served));
  return out;
}

Value tests_of(const Run& run) {
  Value tests = Value::list();
  for (const Suite& suite : run.suites)
    for (const Test& test : suite.tests) {
      Value one;
      one.set("id", name_in_suite(suite, test)).set("verdict", name_of(test.verdict));
      one.set("capability", test.capability).set("attempts", test.attempts);
      one.set("durationMs", test.duration_ms);
      if (test.evidence) {
        Value evidence;
        evidence.set("offset", test.evidence->offset).set("bytes", test.evidence->bytes);
        one.set("evidence", std::move(evidence.set("sha256", test.evidence->sha256)));
      }
      tests.push(std::move(one));
    }
  return tests;
}

void set_time(Value& out, std::string_view key, const std::optional<base::WallTime>& time) {
  if (time) out.set(key, base::format_rfc3339(*time));
}

Value predicate_of(const Run& run) {
  Value out;
  out.set("runId", run.id);
  if (!run.challenge.empty()) out.set("challenge", run.challenge);
  set_time(out, "started", run.started);
  set_time(out, "finished", run.finished);
  out.set("verdict", name_of(verdict_of(run))).set("tool", tool_of(run));
  out.set("suites", suites_of(run));
  Value cluster;
  cluster.set("version", run.cluster.version).set("nodes", run.cluster.nodes);
  out.set("cluster", std::move(cluster.set("uid", run.cluster.uid))).set("mesh", mesh_of(run));
  if (!run.sample_app.empty()) out.set("sampleApp", run.sample_app);
  if (run.seed) out.set("seed", std::to_string(*run.seed));
  if (run.method) {
    Value method;
    method.set("alphaPpm", run.method->alpha_ppm).set("marginPpm", run.method->margin_ppm);
    out.set("statistics", std::move(method.set("looks", run.method->looks)));
  }
  out.set("tests", tests_of(run));
  if (!run.cleanup) return out;
  Value leftovers = Value::list();
  for (const auto& object : run.cleanup->leftovers) leftovers.push(object);
  Value cleanup;
  cleanup.set("complete", run.cleanup->complete).set("leftovers", std::move(leftovers));
  return std::move(out.set("cleanup", std::move(cleanup)));
}

base::Result<void> add_signed(std::vector<File>& out, const std::string& stem,
                              const attest::Statement& statement, const pki::PrivateKey& key) {
  attest::Envelope envelope{.payload = attest::statement_text(statement)};
  WEFT_CHECK(attest::add_signature(envelope, key));
  out.push_back({stem + ".intoto.json", doc::write_json(attest::envelope_to_json(envelope), 0)});
  out.push_back({stem + ".sigstore.json",
                 doc::write_json(attest::bundle_to_json(envelope, key.public_key), 0)});
  return {};
}

std::vector<attest::Subject> images_of(const Run& run) {
  constexpr std::string_view kPrefix = "sha256:";
  std::vector<attest::Subject> subjects;
  for (const Image& image : run.mesh.images)
    if (image.digest.starts_with(kPrefix) && image.digest.size() == kPrefix.size() + 64)
      subjects.push_back({image.name, image.digest.substr(kPrefix.size())});
  return subjects;
}

Error contradiction(const std::string& what) {
  return Error{ExitCode::invalid, what, "do not countersign: ask who signed it"};
}

base::Result<void> check_suite(const Suite& suite) {
  Suite again = suite;
  tally(again);
  const bool same = again.core == suite.core && again.extended == suite.extended &&
                    again.verdict == suite.verdict && again.capability == suite.capability;
  if (!same)
    return contradiction(fmt::format("suite {} is {} ({}), its tests say {} ({})", suite.name,
                                     name_of(suite.verdict), name_of(suite.capability),
                                     name_of(again.verdict), name_of(again.capability)));
  return {};
}

base::Result<void> check_evidence(const Suite& suite, const Test& test, std::string_view evidence) {
  if (!test.evidence) return {};
  const Evidence& part = *test.evidence;
  if (part.offset > evidence.size() || part.bytes > evidence.size() - part.offset)
    return contradiction(fmt::format("{}: its evidence lies beyond the end of {}",
                                     name_in_suite(suite, test), kEvidenceFile));
  if (base::sha256_hex(evidence.substr(part.offset, part.bytes)) != part.sha256)
    return contradiction(fmt::format("{}: its evidence was changed", name_in_suite(suite, test)));
  return {};
}

}  // namespace

attest::Statement statement_of(const Run& run, std::vector<attest::Subject> subjects) {
  return {.subjects = std::move(subjects),
          .predicate_type = std::string(kPredicateType),
          .predicate = predicate_of(run)};
}

attest::Statement test_result_of(const Run& run, std::vector<attest::Subject> subjects) {
  Value passed = Value::list();
  Value warned = Value::list();
  Value failed = Value::list();
  Value configuration = Value::list();
  for (const Suite& suite : run.suites) {
    for (const Test& test : suite.tests) {
      const std::string name = name_in_suite(suite, test);
      if (test.verdict == Verdict::pass) passed.push(name);
      if (test.verdict == Verdict::inconclusive) warned.push(name);
      if (test.verdict == Verdict::fail || test.verdict == Verdict::error) failed.push(name);
    }
    if (suite.sha256.empty()) continue;
    Value resource;
    resource.set("name", suite.name);
    configuration.push(std::move(resource.set("digest", digest(suite.sha256))));
  }
  if (!run.tool.sha256.empty()) {
    Value resource;
    resource.set("name", run.tool.name);
    configuration.push(std::move(resource.set("digest", digest(run.tool.sha256))));
  }
  // A run that tested nothing has passed nothing.
  const bool nothing = passed.size() + warned.size() + failed.size() == 0;
  Value predicate;
  predicate.set("result", failed.size() != 0              ? "FAILED"
                          : warned.size() != 0 || nothing ? "WARNED"
                                                          : "PASSED");
  predicate.set("configuration", std::move(configuration)).set("passedTests", std::move(passed));
  predicate.set("warnedTests", std::move(warned)).set("failedTests", std::move(failed));
  return {.subjects = std::move(subjects),
          .predicate_type = std::string(attest::kTestResultType),
          .predicate = std::move(predicate)};
}

base::Result<std::vector<File>> sign_files(const Run& run, std::span<const File> files,
                                           const pki::PrivateKey& key) {
  std::vector<attest::Subject> subjects;
  for (const File& file : files) subjects.push_back(attest::subject_of(file.name, file.content));
  std::vector<File> out;
  WEFT_CHECK(add_signed(out, "result", statement_of(run, subjects), key));
  WEFT_CHECK(add_signed(out, "test-result", test_result_of(run, subjects), key));
  if (auto images = images_of(run); !images.empty())
    WEFT_CHECK(add_signed(out, "images", test_result_of(run, std::move(images)), key));
  return out;
}

base::Result<void> check_claims(const attest::Statement& statement, const Run& run,
                                std::string_view evidence) {
  const bool full = statement.predicate_type == kPredicateType;
  if (!full && statement.predicate_type != attest::kTestResultType)
    return Error{ExitCode::invalid, fmt::format("predicateType {} is not about conformance",
                                                statement.predicate_type)};
  const auto expected = full ? predicate_of(run) : test_result_of(run, {}).predicate;
  for (const auto& member : expected.members()) {
    const Value* claimed = statement.predicate.find(member.key);
    if (claimed == nullptr || !(*claimed == member.value))
      return contradiction(fmt::format("the statement and result.json differ in {}", member.key));
  }
  for (const Suite& suite : run.suites) {
    if (run.tool.name == "weft") WEFT_CHECK(check_suite(suite));
    for (const Test& test : suite.tests) WEFT_CHECK(check_evidence(suite, test, evidence));
  }
  return {};
}

}  // namespace weft::conform
