// Text with values that change from request to request, compiled once. What stands between {{ and
// }} is a value:
//
//   {{seq}} {{seq:1000}}      number of the request in the run, from 0, or from 1000 on
//   {{uuid}}                  random, version 4 (RFC 9562)
//   {{random:1:100}}          a whole number, both bounds included
//   {{hex:16}} {{letters:8}}  so many random characters: 0-9 a-f, or a-z
//   {{pick:red,green,blue}}   one of these, at random
//   {{time}} {{time:ms}}      since 1970: s, ms, us or ns
//   {{env:NAME}}              a variable of the environment
//   {{users.name}}            a column of a table; all columns of one request are of one row, and
//                             request k takes row k, from the first again after the last
//   {{users.name|json}}       with a filter: json, url, base64 or raw
//
// In a path values are percent-encoded unless a filter says otherwise; in a header they must not
// hold line breaks.
//
//   WEFT_TRY(path, Template::compile("/cart/{{seq}}", Place::path, values));
//   path.append_to(out, draw);
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/load/random.h"

namespace weft::load {

enum class Place { path, header, body };

// Rows of data, column by column; all columns are of the same length, at least 1.
struct Table {
  struct Column {
    std::string name;
    std::vector<std::string> cells;
  };
  std::string name;
  std::vector<Column> columns;
};

struct Values {
  std::vector<Table> tables;
  std::function<std::optional<std::string>(std::string_view)> variable;  // of the environment
};

// What the values of one request are made from.
struct Draw {
  std::uint64_t number = 0;   // of the request, over all workers
  std::uint64_t time_ns = 0;  // since 1970
  Random random{0};
};

class Template {
 public:
  static constexpr std::size_t kMaxSegments = 10'000;

  Template() = default;  // empty
  // Input errors tell where in the text; Where::source is left empty.
  static base::Result<Template> compile(std::string_view text, Place place, const Values& values);
  static Template literal(std::string_view text);

  Template& append(std::string_view text);
  Template& append(const Template& other);
  void append_to(std::string& out, Draw& draw) const;

  bool constant() const;  // no value in it
  bool empty() const { return segments_.empty(); }
  std::string_view text() const;  // of a constant one

 private:
  enum class Kind : std::uint8_t {
    literal,
    sequence,
    uuid,
    number,
    hex,
    letters,
    pick,
    time,
    cell
  };
  struct Segment {
    Kind kind = Kind::literal;
    std::string text;                  // of a literal
    std::uint64_t from = 0, span = 0;  // first number and how many, characters, ns of a unit
    std::shared_ptr<const std::vector<std::string>> choices;  // filtered
  };
  struct Call;

  static base::Result<Segment> compile_call(const Call& call, Place place, const Values& values);
  static base::Result<Segment> compile_lookup(const Call& call, Place place, const Values& values);

  std::vector<Segment> segments_;
};

}  // namespace weft::load
