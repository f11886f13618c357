// What the readers of the dialects share.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/pattern/reading/dialect.h"
#include "lib/pattern/reading/read.h"

namespace weft::pattern {

class Reader {
 public:
  Reader(const doc::Document& document, Reading& out) : document_(document), out_(out) {}

  const doc::Document& document() const { return document_; }
  Pattern& pattern() { return out_.pattern; }
  void warn(doc::Position at, std::string message) { note(Level::warning, at, std::move(message)); }
  void info(doc::Position at, std::string message) { note(Level::info, at, std::move(message)); }
  base::Error error(doc::Position at, std::string message, std::string remedy = {}) const {
    return document_.error(at, std::move(message), std::move(remedy));
  }
  // An empty text, a null and an absent one are the same; a number or boolean is taken as text.
  base::Result<std::string> text(const doc::Value& map, std::string_view key,
                                 std::string_view what) const;
  // Absent and null become null.
  base::Result<doc::Value> map(const doc::Value& map, std::string_view key,
                               std::string_view what) const;
  // A list of texts, or one text.
  base::Result<std::vector<Name>> names(const doc::Value* value, std::string_view what);
  void draw(std::string key, std::string name, std::string id) {
    pattern().drawings.push_back({std::move(key), std::move(name), std::move(id)});
  }

 private:
  void note(Level level, doc::Position at, std::string message) {
    out_.notes.push_back({level, std::move(message), document_.source->where(at)});
  }

  const doc::Document& document_;
  Reading& out_;
};

base::Result<void> read_services(Reader& reader);    // v0
base::Result<void> read_components(Reader& reader);  // v1beta1
base::Result<void> read_objects(const std::vector<doc::Document>& documents, Reading& out);

}  // namespace weft::pattern
