// Documents into structs, with errors that a person can act on: "clients[0].rps must be an
// integer, found string", at its place. The first error is kept and ends the work; done() gives it.
//
//   doc::Fields in(document);
//   in.need("name", profile.name).get("rps", profile.rps);
//   in.each("clients", profile.clients, [](doc::Fields& f, Client& c) { f.need("url", c.url); });
//   WEFT_CHECK(in.done());        // an unknown key is an error here: "rsp (did you mean rps?)"
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::doc {

// False when the value is of another kind or out of range. A whole double counts as an integer.
bool decode(const Value& value, bool& out);
bool decode(const Value& value, std::int64_t& out);
bool decode(const Value& value, std::uint64_t& out);
bool decode(const Value& value, double& out);
bool decode(const Value& value, std::string& out);
bool decode(const Value& value, std::vector<std::string>& out);
bool decode(const Value& value, std::map<std::string, std::string>& out);
bool decode(const Value& value, std::map<std::string, std::uint64_t>& out);
template <typename T>
bool decode(const Value& value, std::optional<T>& out) {
  return decode(value, out.emplace());
}

// What decode() wants, for messages: "an integer".
std::string_view wanted(const bool&);
std::string_view wanted(const std::int64_t&);
std::string_view wanted(const std::uint64_t&);
std::string_view wanted(const double&);
std::string_view wanted(const std::string&);
std::string_view wanted(const std::vector<std::string>&);
std::string_view wanted(const std::map<std::string, std::string>&);
std::string_view wanted(const std::map<std::string, std::uint64_t>&);
template <typename T>
std::string_view wanted(const std::optional<T>&) {
  return wanted(T{});
}

enum class Unknown { refused, ignored };

// The fields of one map. Null counts as absent.
class Fields {
 public:
  explicit Fields(const Document& document, Unknown unknown = Unknown::refused);
  // `path` names the map in messages: "clients[0]"; empty for the root.
  Fields(const Document& document, const Value& map, std::string path, Unknown unknown);

  // Leaves `out` as it is when the key is absent.
  template <typename T>
  Fields& get(std::string_view key, T& out) {
    const Value* value = find(key);
    if (value != nullptr && !decode(*value, out)) mismatch(key, *value, wanted(out));
    return *this;
  }
  template <typename T>
  Fields& need(std::string_view key, T& out) {
    require(key);
    return get(key, out);
  }
  // A time as in RFC 3339; empty text counts as absent.
  Fields& time(std::string_view key, std::optional<base::WallTime>& out);
  // A map under `key`: read(Fields&, T&).
  template <typename T, typename Read>
  Fields& part(std::string_view key, T& out, Read read) {
    if (const Value* value = find(key)) inner(key, *value, out, read);
    return *this;
  }
  // A list of maps under `key`, appended to `out`.
  template <typename T, typename Read>
  Fields& each(std::string_view key, std::vector<T>& out, Read read) {
    const Value* list = find(key);
    if (list == nullptr) return *this;
    if (!list->is_list()) mismatch(key, *list, "a list");
    for (std::size_t i = 0; !error_ && i < list->size(); ++i)
      inner(item_name(key, i), list->items()[i], out.emplace_back(), read);
    return *this;
  }

  // A map of maps under `key`.
  template <typename T, typename Read>
  Fields& each(std::string_view key, std::map<std::string, T>& out, Read read) {
    const Value* map = find(key);
    if (map == nullptr) return *this;
    if (!map->is_map()) mismatch(key, *map, "a map");
    for (std::size_t i = 0; !error_ && i < map->size(); ++i) {
      const Member& member = map->members()[i];
      inner(item_name(key, member.key), member.value, out[member.key], read);
    }
    return *this;
  }

  // The value under `key`, which then counts as known; nullptr when absent, null or after an error.
  const Value* find(std::string_view key);
  void require(std::string_view key);
  // An error about this field, for what only the caller can judge: "rps must be positive".
  void fail(std::string_view key, std::string_view rule, std::string remedy = {});
  bool ok() const { return !error_; }
  // Keys of the map that nobody has asked for so far.
  std::vector<const Member*> unknown() const;
  base::Result<void> done();

 private:
  template <typename T, typename Read>
  void inner(std::string_view key, const Value& value, T& out, Read read) {
    Fields fields(*document_, value, join(key), unknown_);
    if (fields.ok()) read(fields, out);
    adopt(fields.done());
  }

  std::string join(std::string_view key) const;
  static std::string item_name(std::string_view key, std::size_t index);
  static std::string item_name(std::string_view key, std::string_view name);
  void mismatch(std::string_view key, const Value& found, std::string_view want);
  void adopt(base::Result<void> result);
  void set_error(Position at, std::string message, std::string remedy);

  const Document* document_;
  const Value* map_;
  std::string path_;
  Unknown unknown_;
  std::vector<std::string> known_;
  std::optional<base::Error> error_;
};

}  // namespace weft::doc
