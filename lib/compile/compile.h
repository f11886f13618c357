// Capabilities into the resources of a mesh. What a service should have, said without naming a
// mesh (Intent), becomes objects that the mesh and the release asked for understand.
//
//   WEFT_TRY(retry, capability::find("Retry"));
//   compile::Intent intent{.capability = retry, .service = "reviews", .ns = "shop",
//                          .settings = settings};                     // {attempts: 3}
//   WEFT_TRY(compiled, compile::compile({intent}, {.mesh = "istio", .version = "1.26"}));
//   for (const auto& object : compiled.objects) use(object.value);    // one VirtualService a host
//
// Everything is data: meshes/*.yaml say which kinds a mesh serves and how an object of each begins,
// mappings/*.yaml which field takes which setting. Nothing is dropped in silence: what the target
// cannot express is an error that names the nearest thing it can, or, where losses are allowed, an
// entry of `losses`.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/capability/capability.h"
#include "lib/doc/value.h"

namespace weft::compile {

// One capability that a service should have.
struct Intent {
  const capability::Capability* capability = nullptr;
  std::string service;
  std::string ns = "default";
  std::map<std::string, std::string> labels;  // of its pods; {app: <service>} when empty
  std::int64_t port = 80;                     // of the service, where an object must name it
  doc::Value settings;                        // checked and completed by compile()
  std::shared_ptr<const doc::Source> source;  // for messages; may be null
  doc::Position at;
};

struct Target {
  std::string mesh;     // id, or "gateway-api", "smi"
  std::string version;  // "1.26", "v1.26.3"; empty: the newest that weft knows
  // Whether the cluster serves an apiVersion of a kind; empty: what the release served.
  std::function<bool(std::string_view api_version, std::string_view kind)> serves;
  bool allow_loss = false;
};

// Something that the target does not express.
struct Loss {
  std::string service;
  std::string capability;  // its type
  std::string message;     // "perTryTimeout has no field in Consul"
  std::string nearest;     // what comes closest; may be empty
  base::Where where;
};

struct Object {
  doc::Value value;
  // The object exists already or comes from elsewhere; these fields are added to it: annotations
  // of a Service, labels of a Namespace, switches of a mesh's own configuration.
  bool is_partial = false;
};

struct Compiled {
  std::vector<Object> objects;     // in the order they should be applied
  std::vector<Loss> losses;        // empty unless losses are allowed
  std::vector<std::string> notes;  // what was made beyond the intents: a Service for each version
};

// Intents of one service share objects. Two that want different values in one field are an error.
base::Result<Compiled> compile(const std::vector<Intent>& intents, const Target& target);

// Whether there is a way to write the capability for the mesh, in any release and with any loss.
bool can_compile(const capability::Capability& capability, std::string_view mesh);

// What is wrong with the tables that are compiled in: nothing, says a test.
std::vector<std::string> builtin_problems();

}  // namespace weft::compile
