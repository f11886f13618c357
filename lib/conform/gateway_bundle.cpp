#include "lib/conform/gateway_bundle.h"

#include <array>
#include <set>

#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/proc/tools.h"

namespace weft::conform {
namespace {

constexpr std::string_view kUndefined = "UNDEFINED";
constexpr std::array<std::string_view, 5> kKinds = {"gatewayclasses", "gateways", "httproutes",
                                                    "grpcroutes", "referencegrants"};

std::string the_only(const std::set<std::string>& values) {
  return values.size() == 1 && !values.begin()->empty() ? *values.begin() : std::string(kUndefined);
}

}  // namespace

GatewayBundle read_bundle(std::span<const doc::Value> crds) {
  std::set<std::string> versions, channels;
  const auto said = [](const doc::Value& crd, const char* key) {
    return std::string(kube::text_at(crd, {"metadata", "annotations", key}));
  };
  for (const doc::Value& crd : crds) {
    versions.insert(said(crd, "gateway.networking.k8s.io/bundle-version"));
    channels.insert(said(crd, "gateway.networking.k8s.io/channel"));
  }
  return {the_only(versions), the_only(channels)};
}

std::optional<GatewayBundle> installed_bundle(Driver& driver) {
  std::vector<doc::Value> crds;
  for (const std::string_view kind : kKinds) {
    const std::string path = fmt::format(
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{}.gateway.networking.k8s.io",
        kind);
    const auto text = driver.raw(path);
    if (!text.ok()) continue;
    auto crd = doc::read_json(doc::Source(path, *text));
    if (crd.ok()) crds.push_back(std::move(crd->root));
  }
  if (crds.empty()) return std::nullopt;
  return read_bundle(crds);
}

std::string missing_in(const GatewayBundle& installed, const TestSpec& test) {
  const auto told = [](const std::string& value) { return value != kUndefined; };
  if (!test.bundle.empty() && told(installed.version) &&
      proc::compare_versions(installed.version, test.bundle) < 0)
    return fmt::format("needs the Gateway API {}, {} is installed", test.bundle, installed.version);
  if (!test.channel.empty() && told(installed.channel) && installed.channel != test.channel)
    return fmt::format("needs the {} channel of the Gateway API, the {} one is installed",
                       test.channel, installed.channel);
  return {};
}

}  // namespace weft::conform
