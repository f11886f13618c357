#include "lib/doc/decode.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::doc {
namespace {

template <typename T>
bool decode_map(const Value& value, std::map<std::string, T>& out) {
  if (!value.is_map()) return false;
  for (const auto& member : value.members())
    if (!decode(member.value, out[member.key])) return false;
  return true;
}

}  // namespace

bool decode(const Value& value, bool& out) {
  if (value.is_bool()) out = value.boolean();
  return value.is_bool();
}

bool decode(const Value& value, std::int64_t& out) {
  if (value.is_int()) {
    out = value.integer();
    return true;
  }
  if (!value.is_number()) return false;
  const double number = value.number();
  if (number != std::floor(number) || std::fabs(number) >= 0x1p63) return false;
  out = static_cast<std::int64_t>(number);
  return true;
}

bool decode(const Value& value, std::uint64_t& out) {
  if (value.is_int()) {
    out = static_cast<std::uint64_t>(value.integer());
    return value.integer() >= 0;
  }
  if (!value.is_number()) return false;
  const double number = value.number();
  if (number != std::floor(number) || number < 0 || number >= 0x1p64) return false;
  out = static_cast<std::uint64_t>(number);
  return true;
}

bool decode(const Value& value, double& out) {
  if (!value.is_number() || !std::isfinite(value.number())) return false;
  out = value.number();
  return true;
}

bool decode(const Value& value, std::string& out) {
  if (value.is_string()) out = value.string();
  return value.is_string();
}

bool decode(const Value& value, std::vector<std::string>& out) {
  if (!value.is_list()) return false;
  return std::all_of(value.items().begin(), value.items().end(),
                     [&out](const Value& item) { return decode(item, out.emplace_back()); });
}

bool decode(const Value& value, std::map<std::string, std::string>& out) {
  return decode_map(value, out);
}

bool decode(const Value& value, std::map<std::string, std::uint64_t>& out) {
  return decode_map(value, out);
}

std::string_view wanted(const bool&) { return "true or false"; }
std::string_view wanted(const std::int64_t&) { return "an integer"; }
std::string_view wanted(const std::uint64_t&) { return "an integer of at least 0"; }
std::string_view wanted(const double&) { return "a finite number"; }
std::string_view wanted(const std::string&) { return "text"; }
std::string_view wanted(const std::vector<std::string>&) { return "a list of texts"; }
std::string_view wanted(const std::map<std::string, std::string>&) {
  return "a map of texts (numbers and booleans in quotes)";
}
std::string_view wanted(const std::map<std::string, std::uint64_t>&) {
  return "a map of integers of at least 0";
}

Fields::Fields(const Document& document, Unknown unknown)
    : Fields(document, document.root, {}, unknown) {}

Fields::Fields(const Document& document, const Value& map, std::string path, Unknown unknown)
    : document_(&document), map_(&map), path_(std::move(path)), unknown_(unknown) {
  if (!map.is_map())
    set_error(map.position(),
              fmt::format("{} must be a map, found {}", path_.empty() ? "the document" : path_,
                          map.kind_name()),
              {});
}

const Value* Fields::find(std::string_view key) {
  known_.emplace_back(key);
  const Value* value = error_ ? nullptr : map_->find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Fields& Fields::time(std::string_view key, std::optional<base::WallTime>& out) {
  std::string text;
  get(key, text);
  if (text.empty()) return *this;
  const auto time = base::parse_rfc3339(text);
  if (time.ok())
    out = *time;
  else
    fail(key, "must be a time like 2026-03-01T12:00:00Z");
  return *this;
}

void Fields::require(std::string_view key) {
  if (!error_ && find(key) == nullptr)
    set_error(map_->position(), fmt::format("{} is missing", join(key)), {});
}

void Fields::fail(std::string_view key, std::string_view rule, std::string remedy) {
  const Value* value = map_->find(key);
  set_error(value == nullptr ? map_->position() : value->position(),
            fmt::format("{} {}", join(key), rule), std::move(remedy));
}

void Fields::mismatch(std::string_view key, const Value& found, std::string_view want) {
  set_error(found.position(),
            fmt::format("{} must be {}, found {}", join(key), want, found.kind_name()), {});
}

std::vector<const Member*> Fields::unknown() const {
  std::vector<const Member*> out;
  if (!map_->is_map()) return out;
  for (const auto& member : map_->members())
    if (std::find(known_.begin(), known_.end(), member.key) == known_.end()) out.push_back(&member);
  return out;
}

base::Result<void> Fields::done() {
  const auto strangers = unknown();
  if (!error_ && unknown_ == Unknown::refused && !strangers.empty()) {
    std::sort(known_.begin(), known_.end());
    known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
    const Text& key = strangers.front()->key;
    set_error(
        strangers.front()->key_position,
        fmt::format("unknown key {}{}", join(key.substr(0, 80)), base::did_you_mean(key, known_)),
        fmt::format("known here: {}", base::join(known_, ", ")));
  }
  if (error_) return std::move(*error_);
  return {};
}

std::string Fields::join(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

std::string Fields::item_name(std::string_view key, std::size_t index) {
  return fmt::format("{}[{}]", key, index);
}

std::string Fields::item_name(std::string_view key, std::string_view name) {
  return fmt::format("{}.{}", key, name.substr(0, 80));
}

void Fields::adopt(base::Result<void> result) {
  if (!error_ && !result.ok()) error_ = std::move(result).error();
}

void Fields::set_error(Position at, std::string message, std::string remedy) {
  if (!error_) error_ = document_->error(at, std::move(message), std::move(remedy));
}

}  // namespace weft::doc
