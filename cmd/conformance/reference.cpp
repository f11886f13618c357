#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/place.h"
#include "cmd/context.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/conform/reference_mesh.h"
#include "lib/doc/write.h"
#include "lib/kube/object.h"

namespace weft::cmd {
namespace {

using base::ExitCode;

constexpr std::uint64_t kMaxObjects = 64u << 20;

struct Options {
  std::string path = "-";
  std::vector<std::string> broken;
};

base::Result<ExitCode> run(Context& context, const Options& options) {
  WEFT_CHECK(check_mutants(options.broken));
  WEFT_TRY(text, base::read_file(options.path, kMaxObjects));
  WEFT_TRY(objects, kube::read_objects(doc::Source(options.path == "-" ? "objects" : options.path,
                                                   std::move(text))));
  const auto cluster =
      conform::reference_cluster(objects, {options.broken.begin(), options.broken.end()});
  doc::Value proxies = doc::Value::map(), routes = doc::Value::map();
  for (const auto& [pod, config] : cluster.proxies) proxies.set(pod, config);
  for (const auto& [route, status] : cluster.routes) routes.set(route, status);
  const auto out =
      doc::Value::map().set("proxies", std::move(proxies)).set("routes", std::move(routes));
  context.out << doc::write_json(out) << '\n';
  return ExitCode::done;
}

std::string description() {
  std::string out = fmt::format(
      "Reads Namespaces, Pods, Services and objects of the SMI and the Gateway API and prints, "
      "as JSON, \"proxies\": by \"namespace/pod\" the nginx configuration of every pod that "
      "has a container {}, and \"routes\": by \"kind/namespace/name\" the status of every "
      "HTTPRoute and GRPCRoute. "
      "Such a proxy gets what arrives for a port of the application on the one that is {} "
      "higher; the addresses of services have to be local to its pod, and what is sent there "
      "to a port that the application has, too, has to arrive {} higher; port {} says that it "
      "is ready. Namespaces with the label {} deny what no TrafficTarget allows; with the "
      "label {}, strict or permissive, proxies speak mutual TLS: with {}/root.pem, and there, "
      "by the name of the pod, .pem and .key.",
      conform::kProxyContainer, conform::kInboundShift, conform::kOutboundShift,
      conform::kHealthPort, conform::kDenyLabel, conform::kMtlsLabel, conform::kProxyFolder);
  out += "\n\nWhat it may do wrong, with --break here and with --break of weft conformance run:\n";
  for (const conform::Mutant& mutant : conform::mutants())
    out += fmt::format("\n  {}: {}", mutant.name, mutant.meaning);
  return out;
}

}  // namespace

cli::Command conformance_reference_command() {
  auto options = std::make_shared<Options>();
  auto& o = *options;
  return {.name = "reference",
          .summary = "Print what the proxies of the reference mesh do in a cluster",
          .description = description(),
          .examples = {{"weft conformance reference objects.yaml", ""},
                       {"weft conformance reference - --break weights-ignored",
                        "what kubectl get -o json writes, with something done wrong"}},
          .arguments = {cli::argument("FILE", o.path, "objects; - is standard input").optional()},
          .flags = {breaking_flag(o.broken)},
          .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
