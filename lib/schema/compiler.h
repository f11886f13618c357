// The work of Schema::compile(): structure in compile.cpp, validation rules in compile_rules.cpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/schema/schema.h"

namespace weft::schema {

class Compiler {
 public:
  Compiler(const doc::Value& schema, const CompileOptions& options)
      : schema_(schema), options_(options), parts_(std::make_shared<Schema::Parts>()) {}

  base::Result<Schema> run();

 private:
  // A part of the object, or a further condition on one that other parts describe.
  enum class Role { part, condition };

  Node* compile(const doc::Value& schema, Role role);
  Node* compile_reference(const std::string& reference, Role role);
  Node* new_node();
  void fill(Node& node, const doc::Value& schema, Role role);
  void fill_type(Node& node, const doc::Value& schema);
  void fill_limits(Node& node, const doc::Value& schema);
  void fill_fields(Node& node, const doc::Value& schema, Role role);
  void fill_additional(Node& node, const doc::Value& schema, Role role);
  void fill_list(Node& node, const doc::Value& schema, Role role);
  void fill_combinations(Node& node, const doc::Value& schema);
  void fill_shape(Node& node);
  void add_resource_fields(Node& node);
  void add_field(Node& node, const std::string& name, const Node* field);
  void compile_rules();
  void compile_rule(Node& node, const std::string& place, const doc::Value& rule);
  void problem(std::string text);

  struct PendingRules {
    Node* node;
    std::string place;
    const doc::Value* rules;
  };

  const doc::Value& schema_;
  CompileOptions options_;
  std::shared_ptr<Schema::Parts> parts_;
  std::map<std::string, Node*> references_;
  std::vector<PendingRules> pending_;
  std::string place_;  // of the schema being compiled, for problems
  int depth_ = 0;
  bool too_large_ = false;
};

// The fields that every object has: apiVersion, kind and metadata, as a schema.
const doc::Value& resource_fields();

}  // namespace weft::schema
