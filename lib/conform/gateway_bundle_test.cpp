#include "lib/conform/gateway_bundle.h"

#include <catch2/catch.hpp>

using namespace weft::conform;
using weft::doc::Value;

namespace {

Value crd(const char* version, const char* channel) {
  Value annotations = Value::map();
  if (*version != '\0') annotations.set("gateway.networking.k8s.io/bundle-version", version);
  if (*channel != '\0') annotations.set("gateway.networking.k8s.io/channel", channel);
  return Value::map().set("metadata", Value::map().set("annotations", std::move(annotations)));
}

GatewayBundle bundle(std::vector<Value> crds) { return read_bundle(crds); }

}  // namespace

TEST_CASE("the bundle is what all CRDs say, or undefined") {
  const auto same = bundle({crd("v1.3.0", "standard"), crd("v1.3.0", "standard")});
  CHECK(same.version == "v1.3.0");
  CHECK(same.channel == "standard");
  const auto mixed = bundle({crd("v1.3.0", "standard"), crd("v1.3.0", "experimental")});
  CHECK(mixed.version == "v1.3.0");
  CHECK(mixed.channel == "UNDEFINED");
  CHECK(bundle({crd("v1.3.0", "standard"), crd("v1.2.1", "standard")}).version == "UNDEFINED");
  CHECK(bundle({crd("v1.3.0", "standard"), crd("", "")}).version == "UNDEFINED");
  CHECK(bundle({crd("", "")}).channel == "UNDEFINED");
  CHECK(bundle({}).version == "UNDEFINED");
}

TEST_CASE("what a test needs is held against what CRDs say that they are") {
  const auto missing = [](GatewayBundle installed, const char* version, const char* channel) {
    TestSpec test;
    test.bundle = version;
    test.channel = channel;
    return missing_in(installed, test);
  };
  CHECK(missing({"v1.4.1", "standard"}, "", "").empty());
  CHECK(missing({"v1.10.0", "standard"}, "v1.5.0", "").empty());
  CHECK(missing({"v1.4.1", "standard"}, "v1.5.0", "") ==
        "needs the Gateway API v1.5.0, v1.4.1 is installed");
  CHECK(missing({"v1.6.1", "standard"}, "", "experimental") ==
        "needs the experimental channel of the Gateway API, the standard one is installed");
  CHECK(missing({"v1.6.1", "experimental"}, "v1.5.0", "experimental").empty());
  CHECK(missing({"UNDEFINED", "UNDEFINED"}, "v1.5.0", "experimental").empty());
}
