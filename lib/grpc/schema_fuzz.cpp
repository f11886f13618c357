// The size of a descriptor set in two bytes, the set, JSON for the request of each of its methods:
// whatever the descriptors claim, encoding ends with bytes or a refusal, and what it made can be
// read.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/doc/read.h"
#include "lib/grpc/json.h"
#include "lib/grpc/schema.h"
#include "lib/grpc/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft;
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = std::min<std::size_t>(data[0] * 256u + data[1], input.size());
  grpc::Schema schema;
  if (!schema.add_set(input.substr(0, cut), "input").ok()) return 0;
  const auto document = doc::read_json(doc::Source("body", std::string(input.substr(cut))));
  if (!document.ok()) return 0;
  for (const std::string& name : schema.method_names()) {
    const auto bytes = grpc::encode_json(schema, schema.find_method(name)->input, *document);
    if (!bytes.ok()) continue;
    grpc::WireReader reader(*bytes);
    while (reader.next()) {
    }
    if (reader.failed()) std::abort();
  }
  return 0;
}
