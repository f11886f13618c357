#include "lib/pattern/resolving/wish.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/pattern/reading/read.h"

using namespace weft;

namespace {

// What a pattern becomes for a mesh.
struct Granted {
  explicit Granted(const std::string& text, const pattern::ResolveOptions& options) {
    pattern = pattern::read(doc::Source("p.yaml", text), {}).value().pattern;
    auto types = pattern::Types::make(catalog).value();
    auto resolved = pattern::resolve(pattern, types, catalog, options, notes);
    if (!resolved.ok()) {
      error = resolved.error().message;
      remedy = resolved.error().remedy;
      return;
    }
    for (const auto& part : resolved->parts)
      for (const auto& object : part.objects) yaml += "---\n" + doc::write_yaml(object);
  }
  bool has(const std::string& text) const { return yaml.find(text) != std::string::npos; }

  mesh::Catalog catalog = mesh::Catalog::builtin();
  pattern::Pattern pattern;
  pattern::Notes notes;
  std::string yaml, error, remedy;
};

constexpr const char* kWeb = R"(services:
  web:
    type: Application
    namespace: shop
    settings: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
    traits:
)";

}  // namespace

TEST_CASE("Traits of one service share the objects of the mesh") {
  for (const char* traits : {"      Retry: {attempts: 3}\n      Timeout: {request: 3s}\n",
                             "      Timeout: {request: 3s}\n      Retry: {attempts: 3}\n"}) {
    INFO(traits);
    const Granted granted(kWeb + std::string(traits), {.mesh = "istio"});
    CHECK(granted.error == "");
    CHECK(granted.has("timeout: 3s"));
    CHECK(granted.has("attempts: 3"));
    CHECK(granted.yaml.find("kind: VirtualService") == granted.yaml.rfind("kind: VirtualService"));
  }
}

TEST_CASE("A trait whose settings are no map is refused, with an example") {
  const Granted granted(kWeb + std::string("      Timeout: 3s\n"), {.mesh = "istio"});
  CHECK(granted.error == "Timeout of web must be a map of settings, found string");
  CHECK(granted.remedy.starts_with("Timeout: {"));
}

TEST_CASE("What the compiler made beyond the wish is told") {
  const Granted granted(R"(services:
  split:
    type: TrafficSplit
    name: web
    settings: {backends: [{service: web, version: v1, weight: 90}, {service: web, version: v2, weight: 10}]}
)",
                        {.mesh = "gateway-api"});
  CHECK(granted.error == "");
  CHECK(std::any_of(granted.notes.begin(), granted.notes.end(), [](const auto& note) {
    return note.message.find("is made for the version v2") != std::string::npos;
  }));
}

TEST_CASE("The mesh found in a cluster counts where neither a flag nor the pattern names one") {
  const std::string retry = kWeb + std::string("      Retry: {attempts: 3}\n");
  CHECK(Granted(retry, {}).error.find("needs a mesh") != std::string::npos);
  CHECK(Granted(retry, {.found_mesh = "istio"}).has("VirtualService"));
  CHECK(Granted(retry, {.mesh = "consul", .found_mesh = "istio"}).has("ServiceRouter"));
}
