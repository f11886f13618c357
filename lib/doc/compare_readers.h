// For tests and fuzzers: two readings of one text, told apart by their first difference.
#pragma once

#include <cmath>
#include <optional>
#include <string>

#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/doc/simple_yaml.h"

namespace weft::doc {

inline bool is_same(Position a, Position b) { return a.line == b.line && a.column == b.column; }

// The first difference in values or positions, as text; empty when there is none.
inline std::string difference(const Value& a, const Value& b, const std::string& path) {
  if (a.kind_name() != b.kind_name())
    return fmt::format("{}: {} and {}", path, a.kind_name(), b.kind_name());
  if (!is_same(a.position(), b.position()))
    return fmt::format("{}: {}:{} and {}:{}", path, a.position().line, a.position().column,
                       b.position().line, b.position().column);
  if (a.size() != b.size()) return path + ": sizes differ";
  std::string found;
  for (std::size_t i = 0; found.empty() && i < a.size(); ++i) {
    if (a.is_list()) {
      found = difference(a.items()[i], b.items()[i], fmt::format("{}[{}]", path, i));
    } else {
      const Member& member = a.members()[i];
      const Member& other = b.members()[i];
      if (member.key != other.key || !is_same(member.key_position, other.key_position))
        return fmt::format("{}: keys {} and {}", path, member.key, other.key);
      found = difference(member.value, other.value, path + "." + member.key);
    }
  }
  const bool same = a == b || (a.is_number() && std::isnan(a.number()) && std::isnan(b.number()));
  if (found.empty() && a.size() == 0 && !same) return path + ": values differ";
  return found;
}

// One document by SimpleYaml alone; null when it is empty, nothing when it is refused.
inline std::optional<Value> read_simple(const std::string& text, const Limits& limits = {}) {
  Builder builder(std::make_shared<const Source>("simple", text), limits,
                  Builder::Repeats::last_counts);
  Composer composer(builder);
  AnchorNames anchors;
  SimpleYaml reader(composer, anchors);
  if (!reader.read(text, 1)) return std::nullopt;
  return builder.take().root;
}

// What libyaml says otherwise about a text of one document that SimpleYaml takes.
inline std::string disagreement(const std::string& text, const Limits& limits = {}) {
  const auto simple = read_simple(text, limits);
  if (!simple) return {};
  // A tab is enough to be refused by SimpleYaml.
  const auto full = read_manifests(Source("full", text + "\n#\t\n"), limits);
  if (!full.broken.empty()) return full.broken[0].message;
  if (full.documents.empty()) return simple->is_null() ? "" : "not empty";
  if (full.documents.size() > 1) return "more than one document";
  return difference(*simple, full.documents[0].document.root, "document");
}

}  // namespace weft::doc
