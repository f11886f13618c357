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
