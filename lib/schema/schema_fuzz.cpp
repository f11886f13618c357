// Any document as a schema: it compiles or is refused, and judging itself by it ends.
#include "lib/doc/read.h"
#include "lib/schema/schema_set.h"
#include "lib/schema/validator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft;
  const auto document =
      doc::read_json(doc::Source("fuzz", std::string(reinterpret_cast<const char*>(data), size)));
  if (!document.ok()) return 0;
  schema::SchemaSet set;
  static_cast<void>(set.add_definition(document->root, "fuzz"));
  for (const auto dialect : {schema::Dialect::structural, schema::Dialect::json_schema}) {
    const auto compiled = schema::Schema::compile(document->root, {.dialect = dialect});
    if (!compiled.ok()) continue;
    std::vector<schema::Issue> issues;
    schema::Validator validator;
    validator.validate(*compiled, document->root, issues);
  }
  return 0;
}
