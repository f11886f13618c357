// [{name, exact | prefix | regex}] as each mesh writes matches of headers.
#include "lib/base/format.h"
#include "lib/compile/encodings.h"

namespace weft::compile {
namespace {

using doc::Value;
using Encoded = std::optional<Value>;

constexpr std::string_view kForms[] = {"exact", "prefix", "regex"};

// The form of one match and its text; empty when there is none.
struct Form {
  std::string_view form;
  std::string text;
};
Form form_of(const Value& header) {
  for (const auto form : kForms)
    if (const Value* text = header.find(form)) return {form, text->string()};
  return {};
}

Value header(const std::string& name, std::string_view form, const Value& text) {
  return Value::map().set("name", name).set(std::string(form), text);
}

const doc::Text* name_of(const Value& item) {
  const Value* name = item.find("name");
  return name != nullptr && name->is_string() ? &name->string() : nullptr;
}

std::string quoted(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

void no_form(const Value& item, Coding& coding) {
  coding.losses.push_back(
      fmt::format("the match of {} has neither exact, prefix nor regex", *name_of(item)));
}

// Istio: {x-canary: {exact: "true"}}
Encoded to_map(const Value& value, Coding& coding) {
  Value map = Value::map();
  for (const auto& item : value.items()) {
    const Form form = form_of(item);
    if (form.form.empty())
      no_form(item, coding);
    else
      map.set(*name_of(item), Value::map().set(std::string(form.form), form.text));
  }
  return map.size() == 0 ? std::nullopt : Encoded(std::move(map));
}
Encoded from_map(const Value& value, const Coding&) {
  if (!value.is_map()) return {};
  Value list = Value::list();
  for (const auto& member : value.members()) {
    const Form form = form_of(member.value);
    if (form.form.empty() || member.value.size() != 1) return {};
    list.push(header(member.key, form.form, form.text));
  }
  return list;
}

// Gateway API and Kuma: [{name, type: Exact, value}]; the argument lists the types there are.
std::string_view type_of(std::string_view form) {
  if (form == "exact") return "Exact";
  return form == "prefix" ? "Prefix" : "RegularExpression";
}
Encoded to_typed(const Value& value, Coding& coding) {
  Value list = Value::list();
  for (const auto& item : value.items()) {
    Form form = form_of(item);
    if (form.form.empty()) {
      no_form(item, coding);
      continue;
    }
    if (form.form == "prefix" && coding.argument != "prefix")
      form = {"regex", quoted(form.text) + ".*"};
    list.push(Value::map()
                  .set("name", *name_of(item))
                  .set("type", type_of(form.form))
                  .set("value", form.text));
  }
  return list.size() == 0 ? std::nullopt : Encoded(std::move(list));
}
Encoded from_typed(const Value& value, const Coding&) {
  if (!value.is_list()) return {};
  Value list = Value::list();
  for (const auto& item : value.items()) {
    const Value* text = item.find("value");
    const Value* type = item.find("type");
    if (name_of(item) == nullptr || text == nullptr) return {};
    std::string_view found = "exact";
    for (const auto form : kForms)
      if (type != nullptr && *type == type_of(form)) found = form;
    list.push(header(*name_of(item), found, *text));
  }
  return list;
}

// Consul: [{name, exact: "true"}]; App Mesh: [{name, match: {exact: "true"}}] by the argument.
Encoded to_named(const Value& value, Coding& coding) {
  Value list = Value::list();
  for (const auto& item : value.items()) {
    const Form form = form_of(item);
    if (form.form.empty()) {
      no_form(item, coding);
      continue;
    }
    Value entry = Value::map().set("name", *name_of(item));
    if (coding.argument.empty())
      entry.set(std::string(form.form), form.text);
    else
      entry.set(coding.argument, Value::map().set(std::string(form.form), form.text));
    list.push(std::move(entry));
  }
  return list.size() == 0 ? std::nullopt : Encoded(std::move(list));
}
Encoded from_named(const Value& value, const Coding& coding) {
  if (!value.is_list()) return {};
  Value list = Value::list();
  for (const auto& item : value.items()) {
    const Value* match = coding.argument.empty() ? &item : item.find(coding.argument);
    const Form form = match == nullptr ? Form{} : form_of(*match);
    if (name_of(item) == nullptr || form.form.empty()) return {};
    list.push(header(*name_of(item), form.form, form.text));
  }
  return list;
}

// SMI: {x-canary: "^true$"}, regular expressions only.
Encoded to_patterns(const Value& value, Coding& coding) {
  Value map = Value::map();
  for (const auto& item : value.items()) {
    const Form form = form_of(item);
    if (form.form.empty())
      no_form(item, coding);
    else if (form.form == "regex")
      map.set(*name_of(item), form.text);
    else
      map.set(*name_of(item), quoted(form.text) + (form.form == "prefix" ? ".*" : ""));
  }
  return map.size() == 0 ? std::nullopt : Encoded(std::move(map));
}
Encoded from_patterns(const Value& value, const Coding&) {
  if (!value.is_map()) return {};
  Value list = Value::list();
  for (const auto& member : value.members()) {
    if (!member.value.is_string()) return {};
    list.push(header(member.key, "regex", member.value));
  }
  return list;
}

}  // namespace

std::span<const Encoding> route_encodings() {
  static constexpr Encoding kEncodings[] = {{"header-map", to_map, from_map},
                                            {"header-types", to_typed, from_typed},
                                            {"header-list", to_named, from_named},
                                            {"header-patterns", to_patterns, from_patterns}};
  return kEncodings;
}

}  // namespace weft::compile
