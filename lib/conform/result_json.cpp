#include "lib/conform/result.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/doc/decode.h"

namespace weft::conform {
namespace {

using doc::Fields;
using doc::Value;

// Writing: what is not known is left out.

void put(Value& out, std::string_view key, const std::string& text) {
  if (!text.empty()) out.set(key, text);
}
void put(Value& out, std::string_view key, std::uint64_t number) { out.set(key, number); }
void put(Value& out, std::string_view key, const std::optional<base::WallTime>& time) {
  if (time) out.set(key, base::format_rfc3339(*time));
}
void put(Value& out, std::string_view key, const std::vector<std::string>& words) {
  if (words.empty()) return;
  Value list = Value::list();
  for (const auto& word : words) list.push(word);
  out.set(key, std::move(list));
}
template <typename T, typename Write>
void put_each(Value& out, std::string_view key, const std::vector<T>& items, Write write) {
  if (items.empty()) return;
  Value list = Value::list();
  for (const T& item : items) list.push(write(item));
  out.set(key, std::move(list));
}

Value to_json(const Counts& counts) {
  Value out;
  put(out, "passed", counts.passed);
  put(out, "failed", counts.failed);
  put(out, "skipped", counts.skipped);
  put(out, "inconclusive", counts.inconclusive);
  put(out, "errors", counts.errors);
  return out;
}

Value to_json(const Share& share) {
  Value out;
  put(out, "backend", share.backend);
  put(out, "hits", share.hits);
  put(out, "wanted_ppm", share.wanted_ppm);
  put(out, "margin_ppm", share.margin_ppm);
  put(out, "low_ppm", share.low_ppm);
  put(out, "high_ppm", share.high_ppm);
  return out;
}

Value to_json(const Observation& seen) {
  Value out;
  put(out, "step", seen.step);
  out.set("verdict", name_of(seen.verdict));
  put(out, "expected", seen.expected);
  put(out, "observed", seen.observed);
  put(out, "requests", seen.requests);
  Value outcomes = Value::map();
  for (const auto& [outcome, count] : seen.outcomes) outcomes.set(outcome, count);
  if (outcomes.size() != 0) out.set("outcomes", std::move(outcomes));
  put_each(out, "shares", seen.shares, [](const Share& share) { return to_json(share); });
  put(out, "duration_ms", seen.duration_ms);
  return out;
}

Value to_json(const Test& test) {
  Value out;
  put(out, "id", test.id);
  put(out, "title", test.title);
  put(out, "capability", test.capability);
  out.set("level", name_of(test.level)).set("verdict", name_of(test.verdict));
  put(out, "reason", test.reason);
  put(out, "attempts", test.attempts);
  put(out, "duration_ms", test.duration_ms);
  if (test.propagation_ms) put(out, "propagation_ms", *test.propagation_ms);
  put_each(out, "observations", test.observations, [](const auto& seen) { return to_json(seen); });
  if (!test.evidence) return out;
  Value evidence;
  put(evidence, "offset", test.evidence->offset);
  put(evidence, "bytes", test.evidence->bytes);
  put(evidence, "sha256", test.evidence->sha256);
  out.set("evidence", std::move(evidence));
  return out;
}

Value to_json(const Suite& suite) {
  Value out;
  put(out, "name", suite.name);
  put(out, "version", suite.version);
  put(out, "sha256", suite.sha256);
  put(out, "standard", suite.standard);
  put(out, "standard_version", suite.standard_version);
  out.set("verdict", name_of(suite.verdict)).set("capability", name_of(suite.capability));
  put(out, "reason", suite.reason);
  out.set("core", to_json(suite.core));
  if (suite.extended) out.set("extended", to_json(*suite.extended));
  put_each(out, "features", suite.features, [](const Feature& feature) {
    Value one;
    put(one, "name", feature.name);
    one.set("declared", feature.declared).set("proof", name_of(feature.proof));
    return one;
  });
  put(out, "duration_ms", suite.duration_ms);
  put_each(out, "tests", suite.tests, [](const Test& test) { return to_json(test); });
  return out;
}

Value to_json(const Mesh& mesh) {
  Value out = Value::map();
  put(out, "name", mesh.name);
  put(out, "version", mesh.version);
  put(out, "organization", mesh.organization);
  put(out, "url", mesh.url);
  put(out, "contacts", mesh.contacts);
  put_each(out, "images", mesh.images, [](const Image& image) {
    Value one = Value::map();
    put(one, "name", image.name);
    put(one, "digest", image.digest);
    return one;
  });
  Value served = Value::map();
  for (const auto& [crd, versions] : mesh.served) put(served, crd, versions);
  if (served.size() != 0) out.set("served", std::move(served));
  return out;
}

void put_setting(Value& out, const Run& run) {
  Value cluster = Value::map();
  put(cluster, "version", run.cluster.version);
  if (run.cluster.nodes != 0) put(cluster, "nodes", run.cluster.nodes);
  put(cluster, "uid", run.cluster.uid);
  if (cluster.size() != 0) out.set("cluster", std::move(cluster));
  out.set("mesh", to_json(run.mesh));
  put(out, "bundle", run.bundle);
  put(out, "channel", run.channel);
  put(out, "mode", run.mode);
  put(out, "sample_app", run.sample_app);
  // As text: a seed may use all 64 bits, which JSON's readers do not keep.
  if (run.seed) out.set("seed", std::to_string(*run.seed));
  if (!run.method) return;
  Value method;
  put(method, "alpha_ppm", run.method->alpha_ppm);
  put(method, "margin_ppm", run.method->margin_ppm);
  put(method, "looks", run.method->looks);
  out.set("method", std::move(method));
}

// Far above any suite, far below where sums could overflow.
constexpr std::uint64_t kMostTests = 1'000'000;

template <typename T, std::size_t N>
void read_name(Fields& in, std::string_view key, T& out,
               const std::array<std::string_view, N>& names) {
  std::string word;
  in.need(key, word);
  if (!in.ok()) return;
  const auto at = std::find(names.begin(), names.end(), word);
  if (at != names.end()) {
    out = static_cast<T>(at - names.begin());
    return;
  }
  std::string known;
  for (const auto name : names) known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
  in.fail(key, fmt::format("must be one of {}", known));
}

void read_count(Fields& in, std::string_view key, std::uint64_t& out) {
  in.get(key, out);
  if (out > kMostTests) in.fail(key, fmt::format("is over {}", kMostTests));
}

void read_counts(Fields& in, Counts& counts) {
  read_count(in, "passed", counts.passed);
  read_count(in, "failed", counts.failed);
  read_count(in, "skipped", counts.skipped);
  read_count(in, "inconclusive", counts.inconclusive);
  read_count(in, "errors", counts.errors);
}

void read_share(Fields& in, Share& share) {
  in.get("backend", share.backend).get("hits", share.hits).get("wanted_ppm", share.wanted_ppm);
  in.get("margin_ppm", share.margin_ppm).get("low_ppm", share.low_ppm);
  in.get("high_ppm", share.high_ppm);
}

void read_observation(Fields& in, Observation& seen) {
  in.get("step", seen.step);
  read_name(in, "verdict", seen.verdict, kVerdicts);
  in.get("expected", seen.expected).get("observed", seen.observed).get("requests", seen.requests);
  in.get("outcomes", seen.outcomes).each("shares", seen.shares, read_share);
  in.get("duration_ms", seen.duration_ms);
}

void read_test(Fields& in, Test& test) {
  in.need("id", test.id).get("title", test.title).get("capability", test.capability);
  read_name(in, "level", test.level, kLevels);
  read_name(in, "verdict", test.verdict, kVerdicts);
  in.get("reason", test.reason);
  read_count(in, "attempts", test.attempts);
  in.get("duration_ms", test.duration_ms).get("propagation_ms", test.propagation_ms);
  in.each("observations", test.observations, read_observation);
  if (in.find("evidence") == nullptr) return;
  in.part("evidence", test.evidence.emplace(), [](Fields& f, Evidence& evidence) {
    f.need("offset", evidence.offset).need("bytes", evidence.bytes);
    f.need("sha256", evidence.sha256);
  });
}

void read_suite(Fields& in, Suite& suite) {
  in.need("name", suite.name).get("version", suite.version).get("sha256", suite.sha256);
  in.need("standard", suite.standard).get("standard_version", suite.standard_version);
  read_name(in, "verdict", suite.verdict, kVerdicts);
  read_name(in, "capability", suite.capability, kCapabilities);
  in.get("reason", suite.reason).part("core", suite.core, read_counts);
  if (in.find("extended") != nullptr) in.part("extended", suite.extended.emplace(), read_counts);
  in.each("features", suite.features, [](Fields& f, Feature& feature) {
    f.need("name", feature.name).need("declared", feature.declared);
    read_name(f, "proof", feature.proof, kProofs);
  });
  in.get("duration_ms", suite.duration_ms).each("tests", suite.tests, read_test);
}

void read_mesh(Fields& in, Mesh& mesh) {
  in.need("name", mesh.name).get("version", mesh.version).get("organization", mesh.organization);
  in.get("url", mesh.url).get("contacts", mesh.contacts);
  in.each("images", mesh.images,
          [](Fields& f, Image& image) { f.need("name", image.name).get("digest", image.digest); });
  const Value* served = in.find("served");
  if (served == nullptr) return;
  if (!served->is_map()) return in.fail("served", "must be a map of lists");
  for (const auto& [crd, versions, at] : served->members())
    if (!doc::decode(versions, mesh.served[crd]))
      return in.fail("served", fmt::format("must hold lists of versions, as of {}", crd));
}

void read_setting(Fields& in, Run& run) {
  in.part("cluster", run.cluster, [](Fields& f, Cluster& cluster) {
    f.get("version", cluster.version).get("nodes", cluster.nodes).get("uid", cluster.uid);
  });
  in.require("mesh");
  in.part("mesh", run.mesh, read_mesh);
  in.get("bundle", run.bundle).get("partial", run.partial);
  in.get("channel", run.channel).get("mode", run.mode).get("sample_app", run.sample_app);
  std::optional<std::string> seed;
  in.get("seed", seed);
  if (seed) {
    run.seed = base::parse_uint(*seed);
    if (!run.seed) in.fail("seed", "must be an integer in quotes");
  }
  if (in.find("method") == nullptr) return;
  in.part("method", run.method.emplace(), [](Fields& f, Method& method) {
    f.get("alpha_ppm", method.alpha_ppm).get("margin_ppm", method.margin_ppm);
    f.get("looks", method.looks);
  });
}

}  // namespace

Value run_to_json(const Run& run) {
  Value out;
  out.set("schema", kResultSchema);
  put(out, "id", run.id);
  out.set("verdict", name_of(verdict_of(run)));
  put(out, "challenge", run.challenge);
  put(out, "started", run.started);
  put(out, "finished", run.finished);
  Value tool = Value::map();
  put(tool, "name", run.tool.name);
  put(tool, "version", run.tool.version);
  put(tool, "sha256", run.tool.sha256);
  out.set("tool", std::move(tool));
  put_setting(out, run);
  if (run.partial) out.set("partial", true);
  put(out, "deviations", run.deviations);
  put(out, "provisional", run.provisional);
  put_each(out, "suites", run.suites, [](const Suite& suite) { return to_json(suite); });
  if (!run.cleanup) return out;
  Value cleanup;
  cleanup.set("complete", run.cleanup->complete);
  put(cleanup, "leftovers", run.cleanup->leftovers);
  out.set("cleanup", std::move(cleanup));
  return out;
}

base::Result<Run> run_from_json(const doc::Document& document) {
  Fields in(document);
  std::string schema;
  in.need("schema", schema);
  if (in.ok() && schema != kResultSchema)
    in.fail("schema", fmt::format("must be {}", kResultSchema),
            schema.starts_with("weft.conformance-result/") ? "read it with a newer weft" : "");
  Run run;
  Verdict verdict = Verdict::skip;
  in.need("id", run.id);
  read_name(in, "verdict", verdict, kVerdicts);
  in.get("challenge", run.challenge).time("started", run.started).time("finished", run.finished);
  in.part("tool", run.tool, [](Fields& f, Tool& tool) {
    f.get("name", tool.name).get("version", tool.version).get("sha256", tool.sha256);
  });
  read_setting(in, run);
  in.get("deviations", run.deviations).get("provisional", run.provisional);
  in.each("suites", run.suites, read_suite);
  if (in.find("cleanup") != nullptr)
    in.part("cleanup", run.cleanup.emplace(), [](Fields& f, Cleanup& cleanup) {
      f.need("complete", cleanup.complete).get("leftovers", cleanup.leftovers);
    });
  if (in.ok() && verdict != verdict_of(run))
    in.fail("verdict",
            fmt::format("is {}, its suites say {}", name_of(verdict), name_of(verdict_of(run))));
  WEFT_CHECK(in.done());
  return run;
}

}  // namespace weft::conform
