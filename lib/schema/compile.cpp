#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/schema/compiler.h"
#include "lib/schema/format.h"

namespace weft::schema {
namespace {

constexpr int kMaxDepth = 100;
constexpr std::size_t kMaxNodes = 200'000;
constexpr std::size_t kMaxProblems = 100;

bool is_true(const doc::Value& schema, std::string_view key) {
  const doc::Value* value = schema.find(key);
  return value != nullptr && value->is_bool() && value->boolean();
}

std::string_view text_of(const doc::Value* value) {
  return value != nullptr && value->is_string() ? std::string_view(value->string())
                                                : std::string_view();
}

std::vector<std::string> texts_of(const doc::Value* list) {
  std::vector<std::string> out;
  for (std::size_t i = 0; list != nullptr && list->is_list() && i < list->size(); ++i)
    if (list->items()[i].is_string()) out.push_back(list->items()[i].string());
  return out;
}

void read_limit(const doc::Value& schema, std::string_view key, std::uint64_t& out) {
  const doc::Value* value = schema.find(key);
  constexpr double kMost = 9e15;
  if (value != nullptr && value->is_number() && value->number() >= 0 && value->number() <= kMost)
    out = static_cast<std::uint64_t>(value->number());
}

void read_bound(const doc::Value& schema, std::string_view key, std::string_view exclusive_key,
                double& bound, bool& exclusive) {
  if (const doc::Value* value = schema.find(key); value != nullptr && value->is_number())
    bound = value->number();
  exclusive = is_true(schema, exclusive_key);
  // Newer JSON Schema writes the bound itself there.
  if (const doc::Value* value = schema.find(exclusive_key);
      value != nullptr && value->is_number()) {
    bound = value->number();
    exclusive = true;
  }
}

Kind kind_named(std::string_view name) {
  return name == "boolean"   ? Kind::boolean
         : name == "integer" ? Kind::integer
         : name == "number"  ? Kind::number
         : name == "string"  ? Kind::string
         : name == "array"   ? Kind::list
         : name == "object"  ? Kind::object
                             : Kind::any;
}

cel::Type shape_type(const Node& node) {
  if (node.int_or_string) return cel::Type::any;
  switch (node.kind) {
    case Kind::boolean:
      return cel::Type::boolean;
    case Kind::integer:
      return cel::Type::integer;
    case Kind::number:
      return cel::Type::number;
    case Kind::string:
      return node.format == nullptr ? cel::Type::string : node.format->type;
    case Kind::list:
      return cel::Type::list;
    case Kind::object:
      return cel::Type::map;
    default:
      return cel::Type::any;
  }
}

// The value at a JSON pointer; nullptr when there is none.
const doc::Value* at_pointer(const doc::Value& root, std::string_view pointer) {
  const doc::Value* at = &root;
  for (const auto part : base::split(pointer.substr(1), '/')) {
    std::string key;
    for (std::size_t i = 0; i < part.size(); ++i) {
      const bool escaped = part[i] == '~' && i + 1 < part.size();
      key += escaped ? (part[++i] == '1' ? '/' : '~') : part[i];
    }
    at = at->find(key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

}  // namespace

const Field* Node::field(std::string_view name) const {
  const auto at = std::lower_bound(
      fields.begin(), fields.end(), name,
      [](const Field& each, std::string_view wanted) { return each.name < wanted; });
  return at != fields.end() && at->name == name ? &*at : nullptr;
}

base::Result<Schema> Schema::compile(const doc::Value& schema, const CompileOptions& options) {
  return Compiler(schema, options).run();
}

base::Result<Schema> Compiler::run() {
  if (!schema_.is_map())
    return base::Error{base::ExitCode::input,
                       fmt::format("a schema is a map, not a {}", schema_.kind_name())};
  Node* const root = compile(schema_, Role::part);
  if (options_.is_resource) add_resource_fields(*root);
  parts_->root = root;
  if (too_large_)
    return base::Error{base::ExitCode::input,
                       fmt::format("the schema is deeper than {} levels or has more than {} parts",
                                   kMaxDepth, kMaxNodes)};
  compile_rules();
  Schema schema;
  schema.parts_ = std::move(parts_);
  return schema;
}

void Compiler::problem(std::string text) {
  if (parts_->problems.size() < kMaxProblems) parts_->problems.push_back(std::move(text));
}

Node* Compiler::new_node() {
  if (parts_->nodes.size() >= kMaxNodes) too_large_ = true;
  return &parts_->nodes.emplace_back();
}

Node* Compiler::compile(const doc::Value& schema, Role role) {
  if (depth_ >= kMaxDepth) too_large_ = true;
  if (too_large_ || !schema.is_map()) return new_node();
  if (const auto reference = text_of(schema.find("$ref")); !reference.empty())
    return compile_reference(std::string(reference), role);
  // OpenAPI wraps a reference that has a default or description in allOf.
  const doc::Value* all_of = schema.find("allOf");
  if (all_of != nullptr && all_of->is_list() && all_of->size() == 1 &&
      schema.find("properties") == nullptr && schema.find("type") == nullptr)
    if (const auto reference = text_of(all_of->items()[0].find("$ref")); !reference.empty())
      return compile_reference(std::string(reference), role);
  Node* const node = new_node();
  ++depth_;
  fill(*node, schema, role);
  --depth_;
  return node;
}

Node* Compiler::compile_reference(const std::string& reference, Role role) {
  const std::string key = (role == Role::part ? "+" : "-") + reference;
  if (const auto known = references_.find(key); known != references_.end()) return known->second;
  Node* const node = new_node();
  references_.emplace(key, node);
  const doc::Value& root = options_.definitions != nullptr ? *options_.definitions : schema_;
  const doc::Value* target = reference.starts_with("#/")
                                 ? at_pointer(root, std::string_view(reference).substr(1))
                                 : nullptr;
  if (target == nullptr || !target->is_map()) {
    problem(fmt::format("{}: nothing is found under the reference {}", place_, reference));
    return node;
  }
  // A reference to a reference: a node that says nothing but "as there" keeps cycles harmless.
  if (target->find("$ref") != nullptr) {
    node->all_of.push_back(compile(*target, role));
    return node;
  }
  ++depth_;
  fill(*node, *target, role);
  --depth_;
  return node;
}

void Compiler::fill(Node& node, const doc::Value& schema, Role role) {
  fill_type(node, schema);
  fill_limits(node, schema);
  fill_fields(node, schema, role);
  fill_list(node, schema, role);
  fill_combinations(node, schema);
  if (const doc::Value* fallback = schema.find("default")) node.fallback = *fallback;
  fill_shape(node);
  if (is_true(schema, "x-kubernetes-embedded-resource")) add_resource_fields(node);
  if (const doc::Value* rules = schema.find("x-kubernetes-validations");
      rules != nullptr && rules->is_list())
    pending_.push_back({&node, place_, rules});
}

void Compiler::fill_type(Node& node, const doc::Value& schema) {
  const doc::Value* type = schema.find("type");
  node.nullable = is_true(schema, "nullable");
  node.int_or_string = is_true(schema, "x-kubernetes-int-or-string") ||
                       text_of(schema.find("format")) == "int-or-string";
  if (type != nullptr && type->is_list()) {
    std::vector<std::string> names = texts_of(type);
    node.nullable |= std::erase(names, "null") > 0;
    if (names.size() == 1) node.kind = kind_named(names[0]);
    std::sort(names.begin(), names.end());
    node.int_or_string |= names == std::vector<std::string>{"integer", "string"};
  } else {
    node.kind = kind_named(text_of(type));
  }
  if (node.int_or_string) node.kind = Kind::any;
  if (node.kind == Kind::any && schema.find("properties") != nullptr) node.kind = Kind::object;
}

void Compiler::fill_limits(Node& node, const doc::Value& schema) {
  read_bound(schema, "minimum", "exclusiveMinimum", node.minimum, node.exclusive_minimum);
  read_bound(schema, "maximum", "exclusiveMaximum", node.maximum, node.exclusive_maximum);
  if (const doc::Value* step = schema.find("multipleOf");
      step != nullptr && step->is_number() && step->number() > 0)
    node.multiple_of = step->number();
  read_limit(schema, "minLength", node.length.least);
  read_limit(schema, "maxLength", node.length.most);
  const bool is_list = node.kind == Kind::list;
  read_limit(schema, is_list ? "minItems" : "minProperties", node.size.least);
  read_limit(schema, is_list ? "maxItems" : "maxProperties", node.size.most);
  node.format = find_format(text_of(schema.find("format")));
  if (const doc::Value* allowed = schema.find("enum"); allowed != nullptr && allowed->is_list())
    node.allowed = allowed->items();
  if (const doc::Value* only = schema.find("const")) node.allowed = {*only};
  if (const auto pattern = text_of(schema.find("pattern")); !pattern.empty()) {
    auto compiled = regex::Regex::compile(pattern);
    if (compiled.ok()) {
      node.pattern = std::move(*compiled);
      node.pattern_text = pattern;
    } else {
      problem(fmt::format("{}: {}: {}", place_, compiled.error().message, compiled.error().cause));
    }
  }
}

void Compiler::fill_fields(Node& node, const doc::Value& schema, Role role) {
  const std::string outer = place_;
  if (const doc::Value* fields = schema.find("properties"); fields != nullptr && fields->is_map())
    for (const auto& member : fields->members()) {
      place_ = outer.empty() ? member.key.str() : fmt::format("{}.{}", outer, member.key);
      node.fields.push_back({member.key, compile(member.value, role)});
    }
  std::sort(node.fields.begin(), node.fields.end(),
            [](const Field& a, const Field& b) { return a.name < b.name; });
  place_ = outer;
  node.required = texts_of(schema.find("required"));
  fill_additional(node, schema, role);
}

void Compiler::fill_additional(Node& node, const doc::Value& schema, Role role) {
  const doc::Value* additional = schema.find("additionalProperties");
  const bool refused = additional != nullptr && additional->is_bool() && !additional->boolean();
  if (additional != nullptr && additional->is_map()) {
    node.additional = compile(*additional, role);
    return;
  }
  if (role == Role::condition || node.kind != Kind::object) return;
  if (options_.dialect == Dialect::json_schema)
    node.closed = refused && schema.find("patternProperties") == nullptr;
  else
    node.closed = (additional == nullptr || refused) &&
                  !is_true(schema, "x-kubernetes-preserve-unknown-fields");
}

void Compiler::fill_list(Node& node, const doc::Value& schema, Role role) {
  if (const doc::Value* items = schema.find("items"); items != nullptr && items->is_map()) {
    const std::string outer = place_;
    place_ += "[]";
    node.items = compile(*items, role);
    place_ = outer;
  }
  node.unique_items = is_true(schema, "uniqueItems");
  const auto list_type = text_of(schema.find("x-kubernetes-list-type"));
  node.list_keys = texts_of(schema.find("x-kubernetes-list-map-keys"));
  if (list_type == "set") node.list_type = ListType::set;
  if (list_type == "map" && !node.list_keys.empty()) node.list_type = ListType::map;
  // Our own notation says it of the items, which may be a type of their own.
  if (node.items != nullptr && node.items->kind == Kind::object && !node.items->list_keys.empty()) {
    node.list_type = ListType::map;
    node.list_keys = node.items->list_keys;
  }
}

void Compiler::fill_combinations(Node& node, const doc::Value& schema) {
  const auto each = [&](std::string_view key, std::vector<const Node*>& out) {
    const doc::Value* list = schema.find(key);
    for (std::size_t i = 0; list != nullptr && list->is_list() && i < list->size(); ++i)
      out.push_back(compile(list->items()[i], Role::condition));
  };
  each("allOf", node.all_of);
  each("anyOf", node.any_of);
  each("oneOf", node.one_of);
  if (const doc::Value* inner = schema.find("not")) node.not_of = compile(*inner, Role::condition);
}

void Compiler::fill_shape(Node& node) {
  cel::Shape& shape = node.shape;
  shape.type = shape_type(node);
  shape.nullable = node.nullable;
  shape.closed = node.closed && !node.fields.empty();
  shape.unordered = node.list_type != ListType::atomic;
  const Node* elements = node.kind == Kind::list ? node.items : node.additional;
  shape.items = elements == nullptr ? nullptr : &elements->shape;
  shape.fields.clear();
  for (const Field& field : node.fields)
    shape.fields.push_back(
        {field.name, &field.node->shape, field.node->fallback ? &*field.node->fallback : nullptr});
}

void Compiler::add_field(Node& node, const std::string& name, const Node* field) {
  const auto at = std::lower_bound(
      node.fields.begin(), node.fields.end(), name,
      [](const Field& each, const std::string& wanted) { return each.name < wanted; });
  if (at != node.fields.end() && at->name == name)
    at->node = field;
  else
    node.fields.insert(at, {name, field});
}

void Compiler::add_resource_fields(Node& node) {
  if (node.kind != Kind::object && node.kind != Kind::any) return;
  for (const auto& member : resource_fields().find("properties")->members())
    add_field(node, member.key, compile(member.value, Role::part));
  for (const std::string name : {"apiVersion", "kind"})
    if (std::find(node.required.begin(), node.required.end(), name) == node.required.end())
      node.required.push_back(name);
  fill_shape(node);
}

}  // namespace weft::schema
