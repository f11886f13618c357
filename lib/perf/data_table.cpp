#include "lib/perf/data_table.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::size_t kMaxColumns = 1000;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

Error wrong(std::string_view source, std::size_t line, std::string message,
            std::string remedy = {}) {
  return Error{ExitCode::input, std::move(message), std::move(remedy)}.at(
      {std::string(source), static_cast<std::uint32_t>(line)});
}

// One record of CSV after the other.
class CsvReader {
 public:
  CsvReader(std::string_view source, std::string_view text) : source_(source), text_(text) {}

  bool at_end() const { return next_ >= text_.size(); }
  std::size_t line() const { return line_; }  // where the next record begins

  Result<std::vector<std::string>> record() {
    std::vector<std::string> cells;
    for (;;) {
      WEFT_TRY(cell, next_ < text_.size() && text_[next_] == '"' ? quoted() : plain());
      cells.push_back(std::move(cell));
      if (cells.size() > kMaxColumns)
        return wrong(source_, line_, fmt::format("there are more than {} columns", kMaxColumns));
      if (next_ < text_.size() && text_[next_] == ',') {
        ++next_;
        continue;
      }
      end_line();
      return cells;
    }
  }

 private:
  Result<std::string> plain() {
    const std::size_t end = std::min(text_.find_first_of(",\r\n", next_), text_.size());
    std::string cell(text_.substr(next_, end - next_));
    next_ = end;
    return cell;
  }

  Result<std::string> quoted() {
    const std::size_t first_line = line_;
    std::string cell;
    for (std::size_t i = next_ + 1; i < text_.size(); ++i) {
      if (text_[i] != '"') {
        if (text_[i] == '\n') ++line_;
        cell += text_[i];
      } else if (i + 1 < text_.size() && text_[i + 1] == '"') {
        cell += '"';
        ++i;
      } else {
        next_ = i + 1;
        if (next_ < text_.size() && text_.find_first_of(",\r\n", next_) != next_)
          return wrong(source_, line_, "text follows the closing quote of a cell",
                       "write a quote inside quotes twice");
        return cell;
      }
    }
    return wrong(source_, first_line, "the quote of a cell is not closed",
                 "write a quote inside quotes twice");
  }

  void end_line() {
    if (text_.substr(next_).starts_with('\r')) ++next_;
    if (text_.substr(next_).starts_with('\n')) ++next_;
    ++line_;
  }

  std::string_view source_, text_;
  std::size_t next_ = 0, line_ = 1;
};

Result<void> name_columns(load::Table& table, std::vector<std::string> names,
                          std::string_view source, std::size_t line) {
  for (std::string& name : names) {
    if (name.empty()) return wrong(source, line, "a column has no name");
    if (std::ranges::find(table.columns, name, &load::Table::Column::name) != table.columns.end())
      return wrong(source, line, fmt::format("two columns are called \"{}\"", name));
    table.columns.push_back({std::move(name), {}});
  }
  return {};
}

Result<void> read_csv(load::Table& table, std::string_view source, std::string_view text) {
  CsvReader reader(source, text);
  WEFT_TRY(header, reader.record());
  for (std::string& name : header) name = base::trim(name);
  WEFT_CHECK(name_columns(table, std::move(header), source, 1));
  while (!reader.at_end()) {
    const std::size_t line = reader.line();
    WEFT_TRY(cells, reader.record());
    if (cells.size() == 1 && cells[0].empty() && table.columns.size() > 1) continue;  // empty line
    if (cells.size() != table.columns.size())
      return wrong(source, line,
                   fmt::format("the line has {}, the first line names {}",
                               base::plural(cells.size(), "cell"), table.columns.size()));
    for (std::size_t i = 0; i < cells.size(); ++i)
      table.columns[i].cells.push_back(std::move(cells[i]));
  }
  return {};
}

std::string cell_of(const doc::Value& value) {
  if (value.is_string()) return std::string(std::string_view(value.string()));
  if (value.is_null()) return "";
  return std::string(base::trim(doc::write_json(value, 0)));
}

Result<void> add_object(load::Table& table, const doc::Value& object, std::string_view source,
                        std::size_t line) {
  if (!object.is_map() || object.size() == 0)
    return wrong(source, line, fmt::format("a row must be an object, found {}", object.kind_name()),
                 "write {\"column\": value, ...}");
  if (table.columns.empty()) {
    std::vector<std::string> names;
    for (const auto& member : object.members()) names.emplace_back(std::string_view(member.key));
    if (names.size() > kMaxColumns)
      return wrong(source, line, fmt::format("there are more than {} columns", kMaxColumns));
    WEFT_CHECK(name_columns(table, std::move(names), source, line));
  }
  for (auto& column : table.columns) {
    const doc::Value* value = object.find(column.name);
    if (value == nullptr)
      return wrong(source, line, fmt::format("the row has no \"{}\"", column.name),
                   "give every row the members of the first");
    column.cells.push_back(cell_of(*value));
  }
  return {};
}

Result<void> read_json_list(load::Table& table, std::string_view source, std::string_view text) {
  WEFT_TRY(document, doc::read_json(doc::Source(std::string(source), std::string(text))));
  for (const doc::Value& row : document.root.items())
    WEFT_CHECK(add_object(table, row, source, row.position().line));
  return {};
}

Result<void> read_json_lines(load::Table& table, std::string_view source, std::string_view text) {
  std::size_t number = 0;
  for (const std::string_view line : base::split(text, '\n')) {
    ++number;
    if (base::trim(line).empty()) continue;
    auto document = doc::read_json(doc::Source(std::string(source), std::string(line)));
    if (!document.ok()) {
      Error error = std::move(document).error();
      error.where.line = static_cast<std::uint32_t>(number);
      return error;
    }
    WEFT_CHECK(add_object(table, document->root, source, number));
  }
  return {};
}

}  // namespace

Result<load::Table> read_table(std::string name, std::string_view source, std::string_view text) {
  load::Table table;
  table.name = std::move(name);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::string_view start = base::trim(text);
  if (start.starts_with('['))
    WEFT_CHECK(read_json_list(table, source, text));
  else if (start.starts_with('{'))
    WEFT_CHECK(read_json_lines(table, source, text));
  else
    WEFT_CHECK(read_csv(table, source, text));
  if (table.columns.empty() || table.columns[0].cells.empty())
    return wrong(source, 0, "there are no rows", "a table needs a line of names and a row");
  return table;
}

}  // namespace weft::perf
