#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// "grpc" as a word of a name like "tcp-grpc".
bool has_word_grpc(std::string_view name) {
  const auto words = base::split(name, '-');
  return std::any_of(words.begin(), words.end(),
                     [](std::string_view word) { return word == "grpc"; });
}

bool is_other(std::string_view protocol) {
  return protocol == "http" || protocol == "tcp" || protocol == "https" || protocol == "tls";
}

void check(const Inventory& in, Report& out) {
  if (!in.uses("Istio")) return;
  for (const Resource* service : in.all(kinds::service)) {
    for (const Value& port : items(get(service->spec, "ports"))) {
      const std::string_view name = text(get(&port, "name"));
      const Value* declared = get(&port, "appProtocol");
      const std::string_view protocol =
          declared != nullptr ? text(declared) : name.substr(0, name.find('-'));
      const bool is_grpc = has_word_grpc(name) || has_word_grpc(text(get(&port, "targetPort")));
      // TLS from end to end is opaque to the proxy on purpose.
      if (!is_grpc || !is_other(protocol) || protocol == "tls" || protocol == "https") continue;
      const Value* at = declared != nullptr ? declared : get(&port, "name");
      out.add(*service, at, fmt::format("a gRPC port that Istio treats as {}", protocol))
          .with("port", name);
    }
  }
}

}  // namespace

Rule wp012() {
  return {.id = "WP012",
          .slug = "grpc-as-other",
          .mesh = "Istio",
          .category = "performance",
          .title = "a gRPC port declared as something else",
          .why =
              "As tcp a client's one connection sends all its calls to one pod, and there are no "
              "retries, routes or metrics per call; as http Istio speaks HTTP/1.1 to the pod, "
              "which gRPC does not understand.",
          .remedy = "name the port grpc or grpc-<suffix>, or set appProtocol: grpc",
          .check = check};
}

}  // namespace weft::rules
