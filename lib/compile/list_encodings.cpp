// Words of the settings into words of a mesh, by the table of values that the argument names.
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/compile/encodings.h"

namespace weft::compile {
namespace {

using doc::Value;
using Encoded = std::optional<Value>;

// An empty word: the value is expressed elsewhere.
const std::map<std::string, std::string>& table_of(const Coding& coding) {
  static const std::map<std::string, std::string> none;
  const auto found = coding.variant.values.find(coding.argument);
  return found == coding.variant.values.end() ? none : found->second;
}

std::string text_of(const Value& value) {
  if (value.is_bool()) return value.boolean() ? "true" : "false";
  return value.is_int() ? fmt::format("{}", value.integer()) : value.string().str();
}

std::optional<std::string> word(const std::string& text, Coding& coding) {
  const auto found = table_of(coding).find(text);
  if (found != table_of(coding).end() && found->second.empty()) return std::nullopt;
  if (found != table_of(coding).end()) return found->second;
  coding.losses.push_back(fmt::format("{} has no counterpart", text));
  return std::nullopt;
}

std::optional<std::string> word_back(std::string_view text, const Coding& coding) {
  for (const auto& [ours, theirs] : table_of(coding))
    if (theirs == text && !theirs.empty()) return ours;
  return std::nullopt;
}

Encoded to_word(const Value& value, Coding& coding) {
  const auto text = word(text_of(value), coding);
  return text ? Encoded(*text) : std::nullopt;
}
Encoded from_word(const Value& value, const Coding& coding) {
  if (!value.is_string()) return {};
  const auto text = word_back(value.string(), coding);
  if (!text) return {};
  if (*text == "true" || *text == "false") return *text == "true";
  if (const auto number = base::parse_int(*text)) return *number;
  return *text;
}

Encoded to_words(const Value& value, Coding& coding) {
  Value list = Value::list();
  for (const auto& item : value.items())
    if (const auto text = word(item.string(), coding)) list.push(*text);
  return list.size() == 0 ? std::nullopt : Encoded(std::move(list));
}
Encoded from_words(const Value& value, const Coding& coding) {
  if (!value.is_list()) return {};
  Value list = Value::list();
  for (const auto& item : value.items()) {
    const auto text = item.is_string() ? word_back(item.string(), coding) : std::nullopt;
    if (!text) return {};
    list.push(*text);
  }
  return list;
}

// {on, statusCodes} into one list: words, then codes as text.
Encoded to_conditions(const Value& value, Coding& coding) {
  Value list = Value::list();
  if (const Value* on = value.find("on"))
    if (auto words = to_words(*on, coding)) list = std::move(*words);
  if (const Value* codes = value.find("statusCodes"))
    for (const auto& code : codes->items()) list.push(fmt::format("{}", code.integer()));
  return list.size() == 0 ? std::nullopt : Encoded(std::move(list));
}
Encoded from_conditions(const Value& value, const Coding& coding) {
  if (!value.is_list()) return {};
  Value on = Value::list();
  Value codes = Value::list();
  for (const auto& item : value.items()) {
    if (!item.is_string()) return {};
    if (const auto code = base::parse_int(item.string()))
      codes.push(*code);
    else if (const auto text = word_back(item.string(), coding))
      on.push(*text);
    else
      return {};
  }
  Value result = Value::map();
  if (on.size() > 0) result.set("on", std::move(on));
  if (codes.size() > 0) result.set("statusCodes", std::move(codes));
  return result;
}

Encoded joined(const Encoded& list) {
  if (!list) return {};
  std::vector<std::string> words;
  for (const auto& item : list->items()) words.push_back(item.string());
  return base::join(words, ",");
}
std::optional<Value> parted(const Value& value) {
  if (!value.is_string()) return {};
  Value list = Value::list();
  for (const auto part : base::split(value.string(), ',')) list.push(base::trim(part));
  return list;
}

Encoded to_condition_text(const Value& value, Coding& coding) {
  return joined(to_conditions(value, coding));
}
Encoded from_condition_text(const Value& value, const Coding& coding) {
  const auto list = parted(value);
  return list ? from_conditions(*list, coding) : std::nullopt;
}

Encoded to_word_text(const Value& value, Coding& coding) { return joined(to_words(value, coding)); }
Encoded from_word_text(const Value& value, const Coding& coding) {
  const auto list = parted(value);
  return list ? from_words(*list, coding) : std::nullopt;
}

// {a: 1} into [{name: a, value: 1}].
Encoded to_pairs(const Value& value, Coding&) {
  Value list = Value::list();
  for (const auto& member : value.members())
    list.push(Value::map().set("name", member.key).set("value", member.value));
  return list;
}
Encoded from_pairs(const Value& value, const Coding&) {
  if (!value.is_list()) return {};
  Value map = Value::map();
  for (const auto& item : value.items()) {
    const Value* name = item.find("name");
    const Value* text = item.find("value");
    if (name == nullptr || text == nullptr || !name->is_string()) return {};
    map.set(name->string(), *text);
  }
  return map;
}

// [a, b] into [{<argument>: a}, {<argument>: b}].
Encoded to_items(const Value& value, Coding& coding) {
  Value list = Value::list();
  for (const auto& item : value.items()) list.push(Value::map().set(coding.argument, item));
  return list;
}
Encoded from_items(const Value& value, const Coding& coding) {
  if (!value.is_list()) return {};
  Value list = Value::list();
  for (const auto& item : value.items()) {
    const Value* text = item.find(coding.argument);
    if (text == nullptr || item.size() != 1) return {};
    list.push(*text);
  }
  return list;
}

// The one item of a list.
Encoded to_only(const Value& value, Coding&) {
  return value.size() == 1 ? Encoded(value.items().front()) : std::nullopt;
}
Encoded from_only(const Value& value, const Coding&) { return Value::list().push(value); }

// Hosts as Kuma lets them pass: [{type: Domain, value: host, port: 443, protocol: tls}].
Encoded to_domains(const Value& value, Coding&) {
  Value list = Value::list();
  for (const auto& host : value.items())
    list.push(Value::map()
                  .set("type", "Domain")
                  .set("value", host)
                  .set("port", 443)
                  .set("protocol", "tls"));
  return list;
}
Encoded from_domains(const Value& value, const Coding&) {
  if (!value.is_list()) return {};
  Value list = Value::list();
  for (const auto& item : value.items()) {
    const Value* type = item.find("type");
    const Value* host = item.find("value");
    if (type == nullptr || host == nullptr || !(*type == "Domain")) return {};
    list.push(*host);
  }
  return list;
}

}  // namespace

std::span<const Encoding> list_encodings() {
  static constexpr Encoding kEncodings[] = {
      {"word", to_word, from_word},
      {"words", to_words, from_words},
      {"word-text", to_word_text, from_word_text},
      {"conditions", to_conditions, from_conditions},
      {"condition-text", to_condition_text, from_condition_text},
      {"pairs", to_pairs, from_pairs},
      {"items", to_items, from_items},
      {"only", to_only, from_only},
      {"domains", to_domains, from_domains}};
  return kEncodings;
}

}  // namespace weft::compile
