// Structural schemas of Kubernetes (OpenAPI v3 as custom resource definitions use it) and plain
// JSON Schema files, compiled once and then used for any number of objects.
//
//   WEFT_TRY(compiled, schema::Schema::compile(crd_schema, {}));
//   schema::Validator validator;              // one for each thread
//   std::vector<schema::Issue> issues;
//   validator.validate(compiled, object, issues);
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/schema/node.h"

namespace weft::schema {

enum class Dialect {
  structural,   // fields that are not listed are mistakes unless the schema keeps them
  json_schema,  // they are mistakes only under additionalProperties: false
};

struct CompileOptions {
  Dialect dialect = Dialect::structural;
  bool is_resource = true;  // the root has apiVersion, kind and metadata without saying so
  // Where "$ref": "#/..." is looked up; null: in the schema itself.
  const doc::Value* definitions = nullptr;
};

// Immutable, cheap to copy, safe to use from several threads.
class Schema {
 public:
  // An input error when it is no schema at all, or too deep or too large. What is wrong in a part
  // (a pattern or rule that does not compile) becomes a problem, and the rest still counts.
  static base::Result<Schema> compile(const doc::Value& schema, const CompileOptions& options);

  const Node& root() const { return *parts_->root; }
  const std::vector<std::string>& problems() const { return parts_->problems; }
  std::size_t size() const { return parts_->nodes.size(); }

 private:
  struct Parts {
    std::deque<Node> nodes;  // their addresses never change
    const Node* root = nullptr;
    std::vector<std::string> problems;
  };
  friend class Compiler;
  std::shared_ptr<const Parts> parts_;
};

}  // namespace weft::schema
