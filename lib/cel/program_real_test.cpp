// Every validation rule of the custom resource definitions that real meshes ship.
#include <catch2/catch.hpp>

#include <set>

#include "lib/base/file.h"
#include "lib/cel/program.h"
#include "lib/doc/read.h"
#include "lib/testkit/paths.h"

namespace weft::cel {
namespace {

constexpr Variable kBoth[] = {{"self"}, {"oldSelf"}};

void collect(const doc::Value& value, std::set<std::string>& rules) {
  for (std::size_t i = 0; value.is_list() && i < value.size(); ++i)
    collect(value.items()[i], rules);
  if (!value.is_map()) return;
  for (const auto& member : value.members()) {
    if (member.key == "x-kubernetes-validations" && member.value.is_list())
      for (const auto& rule : member.value.items())
        if (const auto* text = rule.find("rule")) rules.insert(text->string());
    collect(member.value, rules);
  }
}

TEST_CASE("every rule of real custom resource definitions compiles") {
  const auto charts = testkit::realdata("charts");
  if (!charts) {
    WARN("skipped: the real charts are not here");
    return;
  }
  std::set<std::string> rules;
  for (const auto chart : {"istio/base", "istio-prev/base", "linkerd/linkerd-crds",
                           "linkerd-prev/linkerd-crds", "consul/consul"}) {
    const std::string path = *charts + "/" + chart + "/templates/rendered.yaml";
    const auto text = base::read_file(path);
    REQUIRE(text.ok());
    const auto documents = doc::read_yaml(doc::Source(path, *text));
    REQUIRE(documents.ok());
    for (const auto& document : *documents) collect(document.root, rules);
  }
  CHECK(rules.size() > 70);
  for (const auto& rule : rules) {
    const auto program = Program::compile(rule, kBoth);
    INFO(rule);
    if (!program.ok()) FAIL_CHECK(program.error().message);
    if (program.ok()) CHECK((program->result_type() == Type::boolean));
  }
}

struct Sample {
  const char* rule;
  const char* good;
  const char* bad;
};

// In the manner of those definitions, one of each kind.
constexpr Sample kSamples[] = {
    {"self.all(l1, self.exists_one(l2, l1.number == l2.number))", R"([{"number":1},{"number":2}])",
     R"([{"number":1},{"number":1}])"},
    {"self.filter(f, f.type == 'URLRewrite').size() <= 1",
     R"([{"type":"URLRewrite"},{"type":"X"}])", R"([{"type":"URLRewrite"},{"type":"URLRewrite"}])"},
    {"self.all(key, 0 < int(key) && int(key) <= 65535)", R"({"80":{}})", R"({"70000":{}})"},
    {"(has(self.a) ? 1 : 0) + (has(self.b) ? 1 : 0) <= 1", R"({"a":1})", R"({"a":1,"b":2})"},
    {"duration(self) >= duration('1ms')", R"("1s")", R"("10us")"},
    {"!(has(self.request) && has(self.backendRequest) && duration(self.request) != duration('0s') "
     "&& duration(self.backendRequest) > duration(self.request))",
     R"({"request":"2s","backendRequest":"1s"})", R"({"request":"1s","backendRequest":"2s"})"},
    {"url(self).getScheme() in [\"http\", \"https\"]", R"("https://a.example/keys")",
     R"("ftp://a.example/keys")"},
    {"isURL(self) ? (url(self).getScheme() in [\"\", \"http\", \"oci\"]) : (isURL(\"http://\" + "
     "self) && url(\"http://\" + self).getScheme() in [\"http\"])",
     R"("registry.example/filter:v1")", R"("ftp://x")"},
    {"self.startsWith(\"unix://\") ? (self.substring(7, 8) == \"/\" || self.substring(7, 8) == "
     "\"@\") : true",
     R"("unix:///run/a")", R"("unix://run/a")"},
    {"self.all(key, size(key) < 63 && key.matches(\"^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$\"))",
     R"({"http-1":1})", R"({"-http":1})"},
    {"(self.type in ['Exact','PathPrefix']) ? "
     "self.value.matches(r\"\"\"^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$\"\"\") : "
     "true",
     R"({"type":"Exact","value":"/a%20b"})", R"({"type":"Exact","value":"/a b"})"},
    {"(has(self.resolution) ? self.resolution : \"\") == \"DNS_ROUND_ROBIN\" ? "
     "((has(self.endpoints) "
     "? self.endpoints : []).size() <= 1) : true",
     R"({"resolution":"DNS_ROUND_ROBIN"})",
     R"({"resolution":"DNS_ROUND_ROBIN","endpoints":[1,2]})"},
    {"self.all(p1, self.exists_one(p2, p1.name == p2.name && ((!has(p1.__namespace__) && "
     "!has(p2.__namespace__)) || (has(p1.__namespace__) && has(p2.__namespace__) && "
     "p1.__namespace__ == p2.__namespace__))))",
     R"([{"name":"a","namespace":"x"},{"name":"a","namespace":"y"}])",
     R"([{"name":"a","namespace":"x"},{"name":"a","namespace":"x"}])"},
};

TEST_CASE("rules of their kind tell good objects from bad") {
  Evaluator evaluator;
  for (const auto& sample : kSamples) {
    INFO(sample.rule);
    const auto program = Program::compile(sample.rule, kBoth);
    REQUIRE(program.ok());
    const auto holds = [&](const char* text) {
      const auto object = doc::read_json(doc::Source("object", text));
      REQUIRE(object.ok());
      const Value result = evaluator.run(*program, {{{&object->root}}});
      REQUIRE((result.type() == Type::boolean));
      return result.boolean();
    };
    CHECK(holds(sample.good));
    CHECK_FALSE(holds(sample.bad));
  }
}

}  // namespace
}  // namespace weft::cel
