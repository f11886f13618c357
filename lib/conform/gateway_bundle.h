// Which Gateway API is installed, by the annotations that its CRDs carry:
// gateway.networking.k8s.io/bundle-version and /channel.
//
//   const GatewayBundle bundle = read_bundle(crds);     // {"v1.3.0", "standard"}
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lib/conform/driver.h"

namespace weft::conform {

// As a ConformanceReport has it: "UNDEFINED" where CRDs say different things or nothing.
struct GatewayBundle {
  std::string version, channel;
};

GatewayBundle read_bundle(std::span<const doc::Value> crds);

// Asks for the CRDs of the kinds that a mesh may use; absent when there is none of them.
std::optional<GatewayBundle> installed_bundle(Driver& driver);

// What of it a test needs and CRDs lack that say what they are; empty when nothing.
std::string missing_in(const GatewayBundle& installed, const TestSpec& test);

}  // namespace weft::conform
