#include "lib/capability/settings.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::capability {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

std::string shown(const Value& value) {
  if (value.is_string()) return fmt::format("\"{}\"", value.string());
  if (value.is_int()) return fmt::format("{}", value.integer());
  if (value.is_number()) return fmt::format("{}", value.number());
  return std::string(value.kind_name());
}

std::string_view wanted(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "a text";
    case Kind::integer:
      return "an integer";
    case Kind::percent:
      return "a percentage from 0 to 100";
    case Kind::duration:
      return "a duration as 1m30s or 250ms";
    case Kind::boolean:
      return "true or false";
    case Kind::map:
      return "a map of texts";
    case Kind::object:
      return "a map";
  }
  return "";
}

class Checker {
 public:
  explicit Checker(const doc::Source* source) : source_(source) {}

  Result<Value> object(const std::vector<Setting>& schema, const Value& given,
                       const std::string& path) const;

 private:
  Error error(const Value& at, const std::string& message, std::string remedy = {}) const {
    Error failed{ExitCode::input, message, std::move(remedy)};
    if (source_ != nullptr && at.position().line > 0)
      return std::move(failed).at(source_->where(at.position()));
    return failed;
  }
  Result<Value> setting(const Setting& schema, const Value& given, const std::string& path) const;
  Result<Value> one(const Setting& schema, const Value& given, const std::string& path) const;
  Result<void> bounds(const Setting& schema, const Value& value, const std::string& path) const;

  const doc::Source* source_;
};

std::string below(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

// The value in the form that the rest of the code reads; null when it is of another kind.
Value normal(Kind kind, const Value& given) {
  switch (kind) {
    case Kind::text:
      return given.is_string() ? given : Value();
    case Kind::boolean:
      return given.is_bool() ? given : Value();
    case Kind::integer:
      return given.is_int() ? given : Value();
    case Kind::percent: {
      if (given.is_number()) return given;
      if (!given.is_string() || !given.string().ends_with('%')) return {};
      const auto number = base::parse_double(
          base::trim(std::string_view(given.string()).substr(0, given.string().size() - 1)));
      if (!number) return {};
      return std::floor(*number) == *number ? Value(static_cast<std::int64_t>(*number))
                                            : Value(*number);
    }
    case Kind::duration: {
      if (!given.is_string()) return {};
      const auto duration = base::parse_duration(given.string());
      if (!duration.ok() || duration->count() < 0) return {};
      return base::format_duration(*duration);
    }
    case Kind::map: {
      if (!given.is_map()) return {};
      const auto is_text = [](const doc::Member& member) { return member.value.is_string(); };
      return std::ranges::all_of(given.members(), is_text) ? given : Value();
    }
    case Kind::object:
      return given.is_map() ? given : Value();
  }
  return {};
}

Result<void> Checker::bounds(const Setting& schema, const Value& value,
                             const std::string& path) const {
  if (!schema.choices.empty()) {
    const std::string text =
        value.is_string() ? value.string().str() : fmt::format("{}", value.integer());
    if (std::ranges::find(schema.choices, text) == schema.choices.end())
      return error(value, fmt::format("{} must be one of {}, found {}{}", path,
                                      base::join(schema.choices, ", "), text,
                                      base::did_you_mean(text, schema.choices)));
  }
  if (!value.is_number()) return {};
  const double low = schema.min.value_or(schema.kind == Kind::percent ? 0 : -1e18);
  const double high = schema.max.value_or(schema.kind == Kind::percent ? 100 : 1e18);
  if (value.number() >= low && value.number() <= high) return {};
  if (high >= 1e18)
    return error(value, fmt::format("{} must be at least {}, found {}", path, low, shown(value)));
  return error(value,
               fmt::format("{} must be from {} to {}, found {}", path, low, high, shown(value)));
}

Result<Value> Checker::one(const Setting& schema, const Value& given,
                           const std::string& path) const {
  Value value = normal(schema.kind, given);
  if (value.is_null())
    return error(given,
                 fmt::format("{} must be {}, found {}", path, wanted(schema.kind), shown(given)));
  value.set_position(given.position());
  WEFT_CHECK(bounds(schema, value, path));
  if (schema.kind == Kind::object) return object(schema.fields, value, path);
  return value;
}

Result<Value> Checker::setting(const Setting& schema, const Value& given,
                               const std::string& path) const {
  if (!schema.list) return one(schema, given, path);
  if (!given.is_list())
    return error(given, fmt::format("{} must be a list, found {}", path, shown(given)));
  Value list = Value::list();
  for (std::size_t i = 0; i < given.size(); ++i) {
    WEFT_TRY(item, one(schema, given.items()[i], fmt::format("{}[{}]", path, i)));
    list.push(std::move(item));
  }
  if (schema.required && list.size() == 0)
    return error(given, fmt::format("{} must not be empty", path));
  return list;
}

Result<Value> Checker::object(const std::vector<Setting>& schema, const Value& given,
                              const std::string& path) const {
  Value result = Value::map();
  result.set_position(given.position());
  std::vector<std::string> names;
  names.reserve(schema.size());
  for (const auto& setting : schema) names.push_back(setting.name);
  if (given.is_map())
    for (const auto& member : given.members())
      if (std::ranges::find(names, member.key.view()) == names.end())
        return error(member.value,
                     fmt::format("{} is not a setting{}", below(path, member.key),
                                 base::did_you_mean(member.key, names)),
                     fmt::format("settings are {}", base::join(names, ", ")));
  for (const auto& each : schema) {
    const Value* value = given.find(each.name);
    if (value != nullptr && !value->is_null()) {
      WEFT_TRY(checked, setting(each, *value, below(path, each.name)));
      result.set(each.name, std::move(checked));
    } else if (each.required) {
      return error(given, fmt::format("{} is missing: {}", below(path, each.name), each.about));
    } else if (!each.fallback.is_null()) {
      result.set(each.name, each.fallback);
    }
  }
  return result;
}

}  // namespace

Result<Value> check(const Capability& capability, const Value& settings, const doc::Source* source,
                    std::string_view path) {
  const std::string root(path);
  if (!settings.is_null() && !settings.is_map()) {
    Error failed{ExitCode::input, fmt::format("the settings of {} must be a map",
                                              root.empty() ? capability.type : root)};
    if (source != nullptr && settings.position().line > 0)
      return std::move(failed).at(source->where(settings.position()));
    return failed;
  }
  return Checker(source).object(capability.settings, settings, root);
}

}  // namespace weft::capability
