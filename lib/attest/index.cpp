#include "lib/attest/index.h"

#include "lib/base/format.h"
#include "lib/base/sha256.h"
#include "lib/base/text.h"
#include "lib/doc/decode.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::attest {
namespace {

using base::Error;
using base::ExitCode;
using doc::Fields;

const std::string kNoLine(64, '0');  // what the first line follows

// Lines without their ends; what is not ended by one is kept as the last line.
std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text.empty() ? std::vector<std::string_view>() : base::split(text, '\n');
}

bool stays_inside(const std::string& name) {
  if (name.empty() || name.front() == '/') return false;
  for (const auto part : base::split(name, '/'))
    if (part == "..") return false;
  return name.find('\0') == std::string::npos;
}

struct Line {
  std::string previous{};
  IndexEntry entry{};
};

base::Result<Line> read_line(std::string_view text, const std::string& source) {
  WEFT_TRY(document, doc::read_json(doc::Source{source, std::string(text)}));
  Line line;
  std::optional<base::WallTime> added;
  Fields in(document);
  in.need("previous", line.previous).need("name", line.entry.name);
  in.need("sha256", line.entry.sha256).require("added");
  in.time("added", added);
  if (in.ok() && !stays_inside(line.entry.name))
    in.fail("name", "must be a path below the folder of the index");
  WEFT_CHECK(in.done());
  line.entry.added = added.value_or(base::WallTime{});
  return line;
}

std::string digest_of_last(std::string_view text) {
  const auto lines = lines_of(text);
  return lines.empty() ? kNoLine : base::sha256_hex(lines.back());
}

}  // namespace

base::Result<std::vector<IndexEntry>> read_index(std::string_view text, std::string_view source) {
  const auto lines = lines_of(text);
  if (lines.size() > kMostIndexEntries)
    return Error{ExitCode::input,
                 fmt::format("{} has more than {} lines", source, kMostIndexEntries)};
  std::vector<IndexEntry> entries;
  std::string previous = kNoLine;
  for (const auto text_line : lines) {
    const std::string place = fmt::format("{} line {}", source, entries.size() + 1);
    WEFT_TRY(line, read_line(text_line, place));
    if (line.previous != previous)
      return Error{ExitCode::invalid,
                   fmt::format("{} does not follow from the line before it: a line was changed, "
                               "removed or put in",
                               place),
                   "compare it with an earlier copy: weft conformance index check --since COPY"};
    previous = base::sha256_hex(text_line);
    entries.push_back(std::move(line.entry));
  }
  return entries;
}

base::Result<std::string> next_line(std::string_view text, std::string_view source,
                                    const IndexEntry& entry) {
  WEFT_TRY(entries, read_index(text, source));
  if (!stays_inside(entry.name))
    return Error{ExitCode::input,
                 fmt::format("{} does not lie below the folder of {}", entry.name, source)};
  for (const auto& known : entries)
    if (known.sha256 == entry.sha256)
      return Error{ExitCode::input,
                   fmt::format("{} is in {} already, as {}", entry.name, source, known.name)};
  doc::Value line;
  line.set("previous", digest_of_last(text)).set("name", entry.name).set("sha256", entry.sha256);
  line.set("added", base::format_rfc3339(entry.added));
  std::string out = doc::write_json(line, 0);
  if (!out.ends_with('\n')) out += '\n';
  return text.empty() || text.ends_with('\n') ? out : '\n' + out;
}

base::Result<void> check_grown(std::string_view earlier, std::string_view later,
                               std::string_view source) {
  if (later.starts_with(earlier)) return {};
  std::size_t number = 1;
  for (std::size_t i = 0; i < earlier.size() && i < later.size() && earlier[i] == later[i]; ++i)
    if (earlier[i] == '\n') ++number;
  return Error{ExitCode::invalid,
               fmt::format("{} differs from the earlier copy from line {} on", source, number),
               "what was once in it must stay: ask who publishes it"};
}

}  // namespace weft::attest
