#include "cmd/render_error.h"

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"

namespace weft::cmd {
namespace {

// The part of a long line around the column, so that the caret stays on the screen.
std::string excerpt(const base::Where& where, int width) {
  constexpr std::size_t kGutter = 6;
  const auto room = static_cast<std::size_t>(width) - kGutter;
  const std::size_t column = where.column == 0 ? 0 : where.column - 1;
  const std::size_t start = column < room ? 0 : column - room / 2;
  std::string line;
  for (char c : where.excerpt.substr(std::min(start, where.excerpt.size()), room))
    line += c == '\t' ? ' ' : c;
  std::string out = fmt::format("  | {}\n", line);
  if (where.column != 0) out += fmt::format("  | {}^\n", std::string(column - start, ' '));
  return out;
}

std::string_view name_of(base::ExitCode code) {
  for (const auto& row : base::exit_codes())
    if (row.code == code) return row.name;
  return "bug";
}

// A cause of several lines (the last words of a child) stays below its label.
std::string labelled(std::string_view label, std::string_view text) {
  std::string out;
  for (std::string_view line : base::split(base::trim(text), '\n'))
    out += fmt::format("  {}{}\n", out.empty() ? label : std::string(label.size(), ' '), line);
  return out;
}

}  // namespace

std::string render_error(const base::Error& error, const term::Terminal& terminal) {
  const std::string place = error.where.text();
  std::string out = term::paint(terminal, term::Style::red, "weft:") + ' ';
  out += fmt::format("{}{}{}\n", place, place.empty() ? "" : ": ", error.message);
  if (!error.where.excerpt.empty()) out += excerpt(error.where, terminal.width);
  if (!error.cause.empty()) out += labelled("cause: ", error.cause);
  if (!error.remedy.empty()) out += labelled("try: ", error.remedy);
  return out;
}

std::string error_json(const base::Error& error) {
  doc::Value value;
  value.set("schema", "weft.error/v1")
      .set("code", name_of(error.code))
      .set("exit", static_cast<int>(error.code))
      .set("message", error.message);
  if (!error.cause.empty()) value.set("cause", error.cause);
  if (!error.remedy.empty()) value.set("remedy", error.remedy);
  if (!error.where.source.empty()) {
    doc::Value where;
    where.set("file", error.where.source);
    if (error.where.line != 0) where.set("line", std::int64_t{error.where.line});
    if (error.where.column != 0) where.set("column", std::int64_t{error.where.column});
    value.set("where", std::move(where));
  }
  return doc::write_json(value, 0);
}

}  // namespace weft::cmd
