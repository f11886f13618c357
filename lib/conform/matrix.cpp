#include "lib/conform/matrix.h"

#include <algorithm>
#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/formats.h"

namespace weft::conform {
namespace {

using doc::Value;

// "1.10" after "1.9", "v1.28.0-rc.1" by its parts: digits compare as numbers, all else as text.
struct ByVersion {
  static std::string_view next(std::string_view& rest) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    std::size_t size = 1;
    while (size < rest.size() && digit(rest[size]) == digit(rest[0])) ++size;
    const auto part = rest.substr(0, size);
    rest.remove_prefix(size);
    return part;
  }
  static std::string_view number(std::string_view part) {
    while (part.size() > 1 && part[0] == '0') part.remove_prefix(1);
    return part;
  }
  bool operator()(std::string_view a, std::string_view b) const {
    while (!a.empty() && !b.empty()) {
      const auto x = number(next(a));
      const auto y = number(next(b));
      const bool numbers = x[0] >= '0' && x[0] <= '9' && y[0] >= '0' && y[0] <= '9';
      if (numbers && x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    }
    return a.size() < b.size();
  }
};

// A release of the Gateway API covers all its parts; each API of SMI has a version of its own.
bool released_as_a_whole(std::string_view family) { return family == "gateway-api"; }

bool is_shown(const Suite& suite) {
  return family_of(suite) != "gateway-api" || part_of(suite).starts_with("MESH");
}

std::string title_of(const Suite& suite) {
  const auto family = family_of(suite);
  return released_as_a_whole(family) ? fmt::format("{} {}", family, suite.standard_version)
                                     : std::string(family);
}

std::string column_of(const Suite& suite) {
  if (released_as_a_whole(family_of(suite)) || suite.standard_version.empty())
    return std::string(part_of(suite));
  return fmt::format("{} {}", part_of(suite), suite.standard_version);
}

MatrixCell cell_of(Capability capability, const Counts& counts) {
  MatrixCell cell{capability, std::string(name_of(capability))};
  if (counts.total() > 0) cell.text += fmt::format(" {}/{}", counts.passed, counts.total());
  return cell;
}

// A failed suite may still be capable of something; the cell says both.
MatrixCell core_cell(const Suite& suite) {
  if (suite.core.total() > 0 && suite.capability != Capability::none)
    return cell_of(capability_of(suite.core), suite.core);
  return cell_of(suite.capability, suite.core);
}

std::string names(const std::vector<std::string>& words) { return base::join(words, ", "); }

void add_notes(const Suite& suite, std::vector<std::string>& notes) {
  std::vector<std::string> skipped, failed, errors, undecided, unsupported, contradicted;
  for (const Test& test : suite.tests) {
    if (test.verdict == Verdict::skip) skipped.push_back(test.id);
    if (test.verdict == Verdict::fail) failed.push_back(test.id);
    if (test.verdict == Verdict::error) errors.push_back(test.id);
    if (test.verdict == Verdict::inconclusive) undecided.push_back(test.id);
  }
  for (const Feature& feature : suite.features) {
    if (!feature.declared) unsupported.push_back(feature.name);
    if (feature.proof == Proof::contradicted) contradicted.push_back(feature.name);
  }
  const auto add = [&](std::string_view what, const std::vector<std::string>& of) {
    if (!of.empty()) notes.push_back(fmt::format("{}: {} {}", part_of(suite), what, names(of)));
  };
  add("failed", failed);
  add("could not run", errors);
  add("inconclusive", undecided);
  add("skipped", skipped);
  add("unsupported", unsupported);
  add("declared but contradicted", contradicted);
  if (!suite.reason.empty()) notes.push_back(fmt::format("{}: {}", part_of(suite), suite.reason));
}

using Cells = std::map<std::string, MatrixCell, ByVersion>;

struct Row {
  MatrixRow row;
  Cells cells;
};

Row row_of(const Entry& entry, std::string_view family) {
  const Run& run = entry.run;
  Row out;
  out.row.mesh = run.mesh.version.empty() ? run.mesh.name : run.mesh.name + '@' + run.mesh.version;
  if (family == "gateway-api") out.row.setting = run.channel;
  if (family == "gateway-api" && !run.mode.empty() && run.mode != "default")
    out.row.setting += (run.channel.empty() ? "" : ", ") + run.mode;
  out.row.source = run.tool.name;
  out.row.mark = entry.mark;
  return out;
}

void add_suite(const Suite& suite, Row& row) {
  std::string column = column_of(suite);
  if (row.cells.contains(column)) column += " " + suite.name;  // a second suite of the same API
  row.cells[column] = core_cell(suite);
  if (suite.extended)
    row.cells[column + " extended"] = cell_of(capability_of(*suite.extended), *suite.extended);
  add_notes(suite, row.row.notes);
}

// What a stranger's file could make of a table otherwise: a column for each row.
constexpr std::size_t kMostColumns = 200;

base::Error too_many(const std::string& what) {
  return base::Error{base::ExitCode::input,
                     fmt::format("results of more than {} {}", kMostColumns, what),
                     "show fewer results at a time"};
}

std::set<std::string, ByVersion> columns_of(const std::vector<Row>& rows) {
  std::set<std::string, ByVersion> columns;
  for (const Row& row : rows)
    for (const auto& [column, cell] : row.cells) columns.insert(column);
  return columns;
}

MatrixSection section_of(const std::string& title, const std::set<std::string, ByVersion>& columns,
                         std::vector<Row> rows) {
  MatrixSection section{.title = title, .columns = {columns.begin(), columns.end()}};
  bool meshery = false;
  for (const Row& row : rows) meshery = meshery || row.row.source == "meshery";
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return ByVersion()(a.row.mesh, b.row.mesh); });
  for (Row& row : rows) {
    for (const auto& column : section.columns) {
      const auto cell = row.cells.find(column);
      row.row.cells.push_back(cell == row.cells.end() ? cell_of(Capability::untested, {})
                                                      : cell->second);
    }
    section.rows.push_back(std::move(row.row));
  }
  if (meshery)
    section.remarks.push_back(
        "Rows from meshery show that manifests were accepted; its traffic assertions could not "
        "fail.");
  return section;
}

// What would end a cell or begin markup in Markdown.
std::string escape_markdown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      out += ' ';
      continue;
    }
    if (c == '<') {
      out += "&lt;";
      continue;
    }
    if (std::string_view("|\\`*_[]!").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

base::Result<Matrix> matrix_of(std::span<const Entry> entries) {
  std::map<std::string, std::vector<Row>, ByVersion> sections;
  for (const Entry& entry : entries) {
    std::map<std::string, Row> rows;  // a run may speak of several standards
    for (const Suite& suite : entry.run.suites) {
      if (!is_shown(suite)) continue;
      add_suite(suite,
                rows.try_emplace(title_of(suite), row_of(entry, family_of(suite))).first->second);
    }
    for (auto& [title, row] : rows) {
      const bool gateway = title.starts_with("gateway-api");
      if (gateway && !entry.run.provisional.empty())
        row.row.notes.push_back("provisional: " + names(entry.run.provisional));
      for (const auto& note : entry.run.deviations) row.row.notes.push_back(note);
      sections[title].push_back(std::move(row));
    }
  }
  if (sections.size() > kMostColumns) return too_many("versions of standards");
  Matrix matrix;
  for (auto& [title, rows] : sections) {
    const auto columns = columns_of(rows);
    if (columns.size() > kMostColumns) return too_many("versions of " + title);
    matrix.sections.push_back(section_of(title, columns, std::move(rows)));
  }
  return matrix;
}

std::string matrix_markdown(const Matrix& matrix) {
  std::string out;
  for (const auto& section : matrix.sections) {
    out += fmt::format("{}## {}\n\n| mesh | setting |", out.empty() ? "" : "\n",
                       escape_markdown(section.title));
    std::string rule = "\n|---|---|";
    for (const auto& column : section.columns) {
      out += fmt::format(" {} |", escape_markdown(column));
      rule += "---|";
    }
    out += " signed | source | notes |" + rule + "---|---|---|\n";
    for (const auto& row : section.rows) {
      out += fmt::format("| {} | {} |", escape_markdown(row.mesh), escape_markdown(row.setting));
      for (const auto& cell : row.cells) out += fmt::format(" {} |", cell.text);
      out += fmt::format(" {} | {} | {} |\n", row.mark == Signed::verified ? "yes" : "no",
                         escape_markdown(row.source), escape_markdown(base::join(row.notes, "; ")));
    }
    for (const auto& remark : section.remarks) out += fmt::format("\n{}\n", remark);
  }
  return out;
}

Value matrix_json(const Matrix& matrix) {
  const auto list = [](const std::vector<std::string>& words) {
    Value out = Value::list();
    for (const auto& word : words) out.push(word);
    return out;
  };
  Value sections = Value::list();
  for (const auto& section : matrix.sections) {
    Value rows = Value::list();
    for (const auto& row : section.rows) {
      Value cells = Value::map();
      for (std::size_t i = 0; i < row.cells.size(); ++i)
        cells.set(section.columns[i], row.cells[i].text);
      Value one;
      one.set("mesh", row.mesh).set("setting", row.setting).set("source", row.source);
      one.set("signed", row.mark == Signed::verified).set("cells", std::move(cells));
      rows.push(std::move(one.set("notes", list(row.notes))));
    }
    Value one;
    one.set("title", section.title).set("columns", list(section.columns));
    sections.push(
        std::move(one.set("rows", std::move(rows)).set("remarks", list(section.remarks))));
  }
  Value out;
  return std::move(
      out.set("schema", "weft.conformance-matrix/v1").set("sections", std::move(sections)));
}

}  // namespace weft::conform
