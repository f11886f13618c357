#include "lib/schema/notation.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::schema {
namespace {

using doc::Value;

base::Error bad(const Value& at, std::string_view what) {
  return base::Error{base::ExitCode::bug,
                     fmt::format("notation of schemas, line {}: {}", at.position().line, what)};
}

struct Word {
  std::string_view word;
  std::string_view type;
  std::string_view key;  // what else it says, and ...
  Value value;           // ... as what
};

const std::vector<Word>& words() {
  static const std::vector<Word> all = {
      {"string", "string", {}, {}},
      {"int", "integer", {}, {}},
      {"number", "number", {}, {}},
      {"bool", "boolean", {}, {}},
      {"time", "string", "format", Value("date-time")},
      {"duration", "string", "format", Value("duration")},
      {"port", "integer", {}, {}},
      {"map", "object", "x-kubernetes-preserve-unknown-fields", Value(true)},
      {"any", "", "x-kubernetes-preserve-unknown-fields", Value(true)}};
  return all;
}

base::Result<void> add_range(Value& schema, std::string_view type, std::string_view range,
                             const Value& at) {
  const std::size_t dots = range.find("..");
  if (dots == std::string_view::npos) return bad(at, fmt::format("{} is no range", range));
  const bool is_text = type == "string";
  const auto bound = [&](std::string_view text, std::string_view key) {
    if (text.empty()) return true;
    const auto number = base::parse_double(text);
    if (number) schema.set(std::string(key), *number);
    return number.has_value();
  };
  if (!bound(range.substr(0, dots), is_text ? "minLength" : "minimum") ||
      !bound(range.substr(dots + 2), is_text ? "maxLength" : "maximum"))
    return bad(at, fmt::format("{} is no range", range));
  return {};
}

Value enumeration(std::string_view text) {
  Value allowed = Value::list();
  for (const auto part : base::split(text, '|')) {
    const std::string_view word = base::trim(part);
    allowed.push(word == "''" ? std::string_view() : word);
  }
  return Value::map().set("type", "string").set("enum", std::move(allowed));
}

base::Result<Value> expand_text(const Value& at) {
  const std::string_view text = at.string();
  if (text == "int | string") return Value::map().set("x-kubernetes-int-or-string", true);
  if (text.starts_with("= ")) return enumeration(text.substr(2));
  if (text.find('|') != std::string_view::npos) return enumeration(text);
  const std::size_t space = std::min(text.find(' '), text.size());
  const std::string_view name = text.substr(0, space);
  if (name.empty()) return bad(at, "a type is missing");
  if (name[0] >= 'A' && name[0] <= 'Z')
    return Value::map().set("$ref", fmt::format("#/types/{}", name));
  const auto word = std::find_if(words().begin(), words().end(),
                                 [&](const Word& each) { return each.word == name; });
  if (word == words().end()) return bad(at, fmt::format("{} is no type", name));
  Value schema = Value::map();
  if (!word->type.empty()) schema.set("type", word->type);
  if (!word->key.empty()) schema.set(std::string(word->key), word->value);
  if (name == "port") schema.set("minimum", 1).set("maximum", 65535);
  if (space < text.size()) WEFT_CHECK(add_range(schema, word->type, text.substr(space + 1), at));
  return schema;
}

Value required(std::string_view name) {
  return Value::map().set("required", Value::list().push(name));
}

// "only one of", "exactly one of" and "at least one of" as the schema language says them.
base::Result<Value> choice(std::string_view rule, const Value& names) {
  if (!names.is_string()) return bad(names, fmt::format("{} takes names", rule));
  Value alternatives = Value::list();
  if (rule == "only one of") {
    Value any = Value::list();
    for (const auto name : base::split(names.string(), ' ')) any.push(required(name));
    alternatives.push(Value::map().set("not", Value::map().set("anyOf", std::move(any))));
  }
  for (const auto name : base::split(names.string(), ' ')) alternatives.push(required(name));
  return Value::map().set(rule == "at least one of" ? "anyOf" : "oneOf", std::move(alternatives));
}

bool is_choice(std::string_view key) {
  return key == "only one of" || key == "exactly one of" || key == "at least one of";
}

base::Result<Value> expand_object(const Value& object) {
  Value schema = Value::map().set("type", "object");
  Value fields = Value::map();
  Value needed = Value::list();
  Value all_of = Value::list();
  for (const auto& member : object.members()) {
    if (!member.value.is_string() && member.key == "unique by")
      return bad(member.value, "unique by takes names");
    if (is_choice(member.key)) {
      const bool several = member.value.is_list();
      for (std::size_t i = 0; i < (several ? member.value.size() : 1); ++i) {
        WEFT_TRY(rule, choice(member.key, several ? member.value.items()[i] : member.value));
        all_of.push(std::move(rule));
      }
    } else if (member.key == "...") {
      schema.set("x-kubernetes-preserve-unknown-fields", true);
    } else if (member.key == "*") {
      WEFT_TRY(values, expand_notation(member.value));
      schema.set("additionalProperties", std::move(values));
    } else if (member.key == "unique by") {
      Value keys = Value::list();
      for (const auto key : base::split(member.value.string(), ' ')) keys.push(key);
      schema.set("x-kubernetes-list-map-keys", std::move(keys));
    } else {
      std::string name = member.key;
      if (name.ends_with('!')) {
        name.pop_back();
        needed.push(name);
      }
      WEFT_TRY(field, expand_notation(member.value));
      fields.set(name, std::move(field));
    }
  }
  if (fields.size() > 0) schema.set("properties", std::move(fields));
  if (needed.size() > 0) schema.set("required", std::move(needed));
  if (all_of.size() > 0) schema.set("allOf", std::move(all_of));
  return schema;
}

}  // namespace

base::Result<Value> expand_notation(const Value& notation) {
  if (notation.is_string()) return expand_text(notation);
  if (notation.is_map()) return expand_object(notation);
  if (!notation.is_list() || notation.size() != 1)
    return bad(notation, "a type is a text, a map, or a list of one");
  WEFT_TRY(items, expand_notation(notation.items()[0]));
  return Value::map().set("type", "array").set("items", std::move(items));
}

}  // namespace weft::schema
