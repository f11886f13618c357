#include "lib/pattern/reading/reference.h"

#include <algorithm>
#include <array>
#include <deque>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::pattern {
namespace {

using base::Error;
using base::Result;
using doc::Value;
using Kind = Placeholder::Kind;

constexpr std::size_t kLongest = 32u << 20;  // bytes of all values filled in
constexpr std::size_t kDeepest = 64;         // references behind references

std::size_t weight(const Value& value) {
  std::size_t out = sizeof(Value);
  if (value.is_string()) out += value.string().size();
  if (value.is_list())
    for (const Value& item : value.items()) out += weight(item);
  if (value.is_map())
    for (const doc::Member& member : value.members())
      out += member.key.size() + weight(member.value);
  return out;
}

std::string scalar_text(const Value& value) {
  if (value.is_string()) return value.string();
  if (value.is_bool()) return value.boolean() ? "true" : "false";
  if (value.is_int()) return fmt::format("{}", value.integer());
  return fmt::format("{}", value.number());
}

// Keys whose values name things: a sealed reference there cannot wait.
bool names_something(std::string_view key) {
  constexpr std::array<std::string_view, 7> kNames = {"type",  "namespace",  "name",     "version",
                                                      "model", "apiVersion", "dependsOn"};
  return std::find(kNames.begin(), kNames.end(), key) != kNames.end();
}

class Filler {
 public:
  Filler(doc::Document& document, const Unseal& open)
      : document_(document), original_(document.root), open_(open) {}

  Result<void> services(Value& services) {
    if (!services.is_map()) return {};
    for (doc::Member& service : services.members()) WEFT_CHECK(fields(service.value));
    return {};
  }

  Result<void> components(Value& components) {
    if (!components.is_list()) return {};
    for (Value& component : components.items()) {
      if (Value* configuration = component.find("configuration"))
        WEFT_CHECK(fill(*configuration, false));
      Value* metadata = component.find("metadata");
      if (Value* needs = metadata == nullptr ? nullptr : metadata->find("dependsOn"))
        WEFT_CHECK(fill(*needs, true));
    }
    return {};
  }

  Result<void> fill(Value& value, bool is_name) {
    if (value.is_list())
      for (Value& item : value.items()) WEFT_CHECK(fill(item, is_name));
    if (value.is_map())
      for (doc::Member& member : value.members()) WEFT_CHECK(fill(member.value, is_name));
    if (value.is_string() && may_refer(value.string())) return fill_text(value, is_name);
    return {};
  }

 private:
  Result<void> fields(Value& service) {
    if (!service.is_map()) return {};
    for (doc::Member& field : service.members()) {
      if (field.key == "traits" && field.value.is_map()) {
        for (doc::Member& trait : field.value.members())
          if (trait.key != "meshmap") WEFT_CHECK(fill(trait.value, false));
      } else {
        WEFT_CHECK(fill(field.value, names_something(field.key)));
      }
    }
    return {};
  }

  Result<void> fill_text(Value& value, bool is_name) {
    const std::string text = value.string();
    const doc::Position at = value.position();
    std::string out;
    std::size_t from = 0;
    while (true) {
      auto next = find_placeholder(text, from);
      if (!next.ok()) return std::move(next.error()).at(document_.source->where(at));
      if (!*next) break;
      const Placeholder& found = **next;
      out += text.substr(from, found.begin - from);
      from = found.end;
      if (found.kind == Kind::escape) {
        out += "$(";
      } else if (found.kind == Kind::use || (found.kind == Kind::sealed && !is_name)) {
        out += text.substr(found.begin, found.end - found.begin);
      } else {
        WEFT_TRY(target, target_of(found, at, is_name));
        if (found.begin == 0 && found.end == text.size()) {
          target.set_position(at);
          value = std::move(target);
          return {};
        }
        if (target.is_map() || target.is_list() || target.is_null())
          return error(at,
                       fmt::format("{} is a {}, which cannot stand inside a text", found.path,
                                   target.kind_name()),
                       "let the reference be the whole value");
        out += scalar_text(target);
      }
    }
    value = Value(out + text.substr(from));
    value.set_position(at);
    return {};
  }

  Result<Value> target_of(const Placeholder& found, doc::Position at, bool is_name) {
    if (found.kind == Kind::sealed) {
      auto text = open_ ? open_(found.path) : std::nullopt;
      if (text) return Value(*text);
      return error(at,
                   fmt::format("$(#ref.{}) stands in a name and cannot be resolved", found.path),
                   "set it, or use a variable: --var NAME=VALUE");
    }
    const auto again = std::find(active_.begin(), active_.end(), found.path);
    if (active_.size() >= kDeepest)
      return error(at, fmt::format("references lead to references more than {} deep", kDeepest),
                   "refer to the value itself");
    if (again != active_.end()) {
      std::vector<std::string> chain(again, active_.end());
      chain.push_back(found.path);
      return error(at, fmt::format("references go in a circle: {}", base::join(chain, " -> ")),
                   "give one of them a value");
    }
    WEFT_TRY(target, look_up(found.path, at));
    Value value = *target;
    active_.push_back(found.path);
    WEFT_CHECK(fill(value, is_name));
    active_.pop_back();
    filled_ += weight(value);
    if (filled_ > kLongest)
      return error(at, "the references of this pattern fill in more than 32 MiB",
                   "refer to smaller parts");
    return value;
  }

  Result<const Value*> look_up(const std::string& path, doc::Position at) {
    const auto parts = path_parts(path);
    const Value* value = &original_;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Value* next = value->find(parts[i]);
      const auto index = base::parse_uint(parts[i]);
      if (next == nullptr && value->is_list() && index && *index < value->size())
        next = &value->items()[*index];
      const bool is_own_name =
          next == nullptr && i == 2 && parts.size() == 3 && parts[0] == "services";
      if (is_own_name && (parts[2] == "name" || parts[2] == "id"))
        return &names_.emplace_back(parts[1]);
      if (next == nullptr || next->is_null()) return missing(path, *value, parts[i], at);
      value = next;
    }
    return value;
  }

  Error missing(const std::string& path, const Value& in, const std::string& part,
                doc::Position at) const {
    std::vector<std::string> known;
    if (in.is_map())
      for (const doc::Member& member : in.members()) known.push_back(member.key);
    std::string message = fmt::format("$(#ref.{}) leads nowhere: there is no {}{}", path, part,
                                      base::did_you_mean(part, known));
    return error(at, std::move(message),
                 path.starts_with("vars.") ? "give it with --var NAME=VALUE" : "");
  }

  Error error(doc::Position at, std::string message, std::string remedy) const {
    return document_.error(at, std::move(message), std::move(remedy));
  }

  doc::Document& document_;
  const Value original_;
  const Unseal& open_;
  std::vector<std::string> active_;
  std::deque<Value> names_;  // of services that do not say one
  std::size_t filled_ = 0;
};

}  // namespace

Result<void> fill_references(doc::Document& document, const Unseal& open) {
  if (!may_refer(document.source->text())) return {};
  Filler filler(document, open);
  if (Value* vars = document.root.find("vars")) WEFT_CHECK(filler.fill(*vars, true));
  if (Value* services = document.root.find("services")) WEFT_CHECK(filler.services(*services));
  if (Value* components = document.root.find("components"))
    WEFT_CHECK(filler.components(*components));
  return {};
}

}  // namespace weft::pattern
