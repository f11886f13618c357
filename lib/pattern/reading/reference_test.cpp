#include "lib/pattern/reading/reference.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/pattern/reading/read.h"

using namespace weft;

namespace {

base::Result<pattern::Reading> read(const std::string& text, pattern::ReadOptions options = {}) {
  return pattern::read(doc::Source("p.yaml", text), options);
}

// The settings of the last service.
doc::Value settings(const std::string& text, pattern::ReadOptions options = {}) {
  auto out = read(text, std::move(options));
  if (!out.ok()) FAIL(out.error().where.text() << " " << out.error().message);
  return out->pattern.services.back().settings;
}

std::string failure(const std::string& text) {
  const auto out = read(text);
  REQUIRE(!out.ok());
  return out.error().where.text() + " " + out.error().message;
}

}  // namespace

TEST_CASE("A reference alone becomes the value with its type, inside a text it is filled in") {
  const auto found = settings(R"y(vars: {n: 3, host: web, all: [a, b]}
services:
  a:
    type: ConfigMap
    settings: {n: $(#ref.vars.n), host: "$(#ref.vars.host).shop", all: $(#ref.vars.all), z: "$(#ref.vars.all.1)"}
)y");
  CHECK(*found.find("n") == doc::Value(3));
  CHECK(*found.find("host") == doc::Value("web.shop"));
  CHECK(found.find("all")->size() == 2);
  CHECK(*found.find("z") == doc::Value("b"));
}

TEST_CASE("Brackets hold a key with dots, and a service without a name has its key") {
  const auto reading = read(
      "services:\n  ns.a: {type: Namespace, name: shop}\n  b: {type: ConfigMap, namespace: "
      "'$(#ref.services.[ns.a].name)', settings: {data: {k: $(#ref.services.b.name)}}}\n");
  REQUIRE(reading.ok());
  CHECK(reading->pattern.services[1].ns == "shop");
  CHECK(*reading->pattern.services[1].settings.find("data")->find("k") == doc::Value("b"));
}

TEST_CASE("Variables of the command line go over those of the file") {
  pattern::ReadOptions options;
  options.vars["n"] = doc::Value(7);
  options.set.push_back({"services.a.settings.m", doc::Value("x")});
  const auto found = settings(
      "vars: {n: 3}\nservices:\n  a: {type: ConfigMap, settings: {n: $(#ref.vars.n)}}\n", options);
  CHECK(*found.find("n") == doc::Value(7));
  CHECK(*found.find("m") == doc::Value("x"));
}

TEST_CASE("What is escaped stays, and a command's $(VAR) is none of ours") {
  const auto found = settings(
      "services:\n  a: {type: ConfigMap, settings: {a: '$$(#ref.x)', b: 'echo $(HOME)'}}\n");
  CHECK(*found.find("a") == doc::Value("$(#ref.x)"));
  CHECK(*found.find("b") == doc::Value("echo $(HOME)"));
}

TEST_CASE("References that lead nowhere or in a circle are errors at their place") {
  const std::string text =
      failure("vars: {host: a}\nservices:\n  a: {type: ConfigMap, name: $(#ref.vars.hsot)}\n");
  CHECK(text.starts_with("p.yaml:3:"));
  CHECK(text.find("$(#ref.vars.hsot) leads nowhere: there is no hsot (did you mean host?)") !=
        std::string::npos);
  CHECK(failure("vars: {a: $(#ref.vars.b), b: $(#ref.vars.a)}\nservices: {a: {type: ConfigMap}}\n")
            .find("vars.b -> vars.a -> vars.b") != std::string::npos);
  CHECK(
      failure("services:\n  a: {type: ConfigMap, name: '$(#refvars.x)'}\n").find("no reference") !=
      std::string::npos);
}

TEST_CASE("References behind references end where nobody would follow them") {
  std::string text = "vars:\n";
  for (int i = 0; i < 100; ++i)
    text += "  v" + std::to_string(i) + ": $(#ref.vars.v" + std::to_string(i + 1) + ")\n";
  text += "  v100: end\nservices: {a: {type: ConfigMap, name: $(#ref.vars.v0)}}\n";
  CHECK(failure(text).find("references lead to references more than 64 deep") != std::string::npos);
}

TEST_CASE("References that multiply end in an error, not in memory") {
  std::string text = "vars:\n  v0: [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    text += "  v" + std::to_string(i) + ": [";
    for (int k = 0; k < 10; ++k) text += "$(#ref.vars.v" + std::to_string(i - 1) + "), ";
    text += "1]\n";
  }
  CHECK(failure(text + "services: {a: {type: ConfigMap}}\n").find("32 MiB") != std::string::npos);
}

TEST_CASE("Secrets stay sealed in settings and are opened in names") {
  pattern::ReadOptions options;
  options.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "NS") return "shop";
    return std::nullopt;
  };
  const auto reading = read(
      "services:\n  a: {type: ConfigMap, namespace: $(#ref.env.NS), settings: {k: "
      "'x$(#ref.env.KEY)'}}\n",
      options);
  REQUIRE(reading.ok());
  CHECK(reading->pattern.services[0].ns == "shop");
  doc::Value value = reading->pattern.services[0].settings;
  CHECK(*value.find("k") == doc::Value("x$(#ref.env.KEY)"));
  std::vector<std::string> secrets;
  const auto done = pattern::unseal(
      value, [](const std::string& path) -> base::Result<std::string> { return path + "!"; },
      secrets);
  REQUIRE(done.ok());
  CHECK(*value.find("k") == doc::Value("xenv.KEY!"));
  CHECK(secrets == std::vector<std::string>{"env.KEY!"});
}
