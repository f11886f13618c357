#include "lib/compile/names.h"

#include <catch2/catch.hpp>

#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::compile {
namespace {

doc::Value yaml(const std::string& text) {
  auto read = doc::read_yaml(doc::Source("form.yaml", text));
  REQUIRE(read.ok());
  return read->front().root;
}

std::string json(const doc::Value& value) {
  return std::string(base::trim(doc::write_json(value, 0)));
}

Names names() {
  Names out;
  out.service = "reviews";
  out.ns = "shop";
  out.port = 9080;
  return out;
}

TEST_CASE("a form is filled with names, labels and the port") {
  CHECK(fill("$service.$namespace.svc.cluster.local", names()) == "reviews.shop.svc.cluster.local");
  const auto filled = fill_value(yaml("{host: $service, labels: $labels, port: $port}"), names());
  CHECK(json(filled) == R"({"host":"reviews","labels":{"app":"reviews"},"port":9080})");
}

TEST_CASE("a text tells the names that its form leaves open") {
  Names found;
  CHECK(
      recognise("$service.$namespace.svc.cluster.local", "reviews.shop.svc.cluster.local", found));
  CHECK(found.service == "reviews");
  CHECK(found.ns == "shop");
  CHECK_FALSE(recognise("$service", "ratings", found));  // is known to be another
  Names other;
  CHECK_FALSE(recognise("$service-allow", "reviews", other));
  CHECK_FALSE(recognise("$service.$namespace", "reviews", other));
}

TEST_CASE("an object tells labels and port at the places of the form") {
  Names found;
  recognise_value(yaml("{selector: $labels, ports: [{port: $port}]}"),
                  yaml("{selector: {app: a, tier: web}, ports: [{port: 8080}]}"), found);
  CHECK(json(found.labels) == R"({"app":"a","tier":"web"})");
  CHECK(found.port == 8080);
}

TEST_CASE("names are filled into what a path looks for") {
  const auto path = parse_path("resources[name=$namespace/$service-keys].type");
  REQUIRE(path.ok());
  CHECK(fill_path(*path, names())[2].key == "name");
  CHECK(fill_path(*path, names())[2].text == "shop/reviews-keys");
}

}  // namespace
}  // namespace weft::compile
