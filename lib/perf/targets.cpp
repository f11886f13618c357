#include "lib/perf/targets.h"

#include <algorithm>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/decode.h"
#include "lib/doc/read.h"
#include "lib/perf/spec.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::size_t kMaxTargets = 10'000;
constexpr std::uint64_t kMaxWeight = 1'000'000;

base::Where placed(std::string_view source, std::size_t line, std::size_t column,
                   std::string_view excerpt) {
  return {std::string(source), static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column),
          excerpt.size() <= 200 && base::valid_utf8(excerpt) ? std::string(excerpt) : ""};
}

PlacedText text_of(const doc::Document& document, const doc::Value& value) {
  return {std::string(std::string_view(value.string())), document.source->where(value.position())};
}

void read_text(doc::Fields& in, const doc::Document& document, std::string_view key,
               PlacedText& out) {
  const doc::Value* value = in.find(key);
  if (value == nullptr) return;
  if (!value->is_string()) return in.fail(key, "must be a text");
  out = text_of(document, *value);
}

void read_headers(doc::Fields& in, const doc::Document& document, std::string_view key,
                  TargetEntry& entry) {
  const doc::Value* headers = in.find(key);
  if (headers == nullptr) return;
  if (!headers->is_map()) return in.fail(key, "must be a map of names and texts");
  for (const doc::Member& member : headers->members()) {
    const std::string name{std::string_view(member.key)};
    const auto add = [&](const doc::Value& value) {
      if (!value.is_string()) return in.fail(key, "must be a map of names and texts");
      entry.headers.emplace_back(name, text_of(document, value));
    };
    if (member.value.is_list())
      for (const doc::Value& value : member.value.items()) add(value);
    else
      add(member.value);
  }
}

void read_entry(doc::Fields& in, const doc::Document& document, TargetEntry& entry) {
  in.get("name", entry.name).get("weight", entry.weight).get("method", entry.method);
  if (entry.weight > kMaxWeight) in.fail("weight", fmt::format("must be 0 to {}", kMaxWeight));
  in.need("url", entry.url.text);
  read_text(in, document, "url", entry.url);
  read_headers(in, document, "headers", entry);
  read_text(in, document, "body", entry.body);
  read_text(in, document, "body_file", entry.body_file);
}

Result<std::vector<TargetEntry>> read_yaml_list(std::string_view source, std::string_view text) {
  WEFT_TRY(document, doc::read(doc::Source(std::string(source), std::string(text))));
  doc::Fields in(document);
  std::vector<TargetEntry> entries;
  in.each("targets", entries,
          [&](doc::Fields& fields, TargetEntry& entry) { read_entry(fields, document, entry); });
  WEFT_CHECK(in.done());
  return entries;
}

// As read_entry, with vegeta's names: header, and the body in base64.
Result<TargetEntry> read_json_entry(const doc::Document& document) {
  doc::Fields in(document);
  TargetEntry entry;
  in.get("name", entry.name).get("weight", entry.weight).get("method", entry.method);
  if (entry.weight > kMaxWeight) in.fail("weight", fmt::format("must be 0 to {}", kMaxWeight));
  in.need("url", entry.url.text);
  read_text(in, document, "url", entry.url);
  read_headers(in, document, "header", entry);
  read_text(in, document, "body", entry.body);
  WEFT_CHECK(in.done());
  const auto body = base::base64_decode(entry.body.text);
  if (!body)
    return Error{ExitCode::input, "body must be base64", "vegeta encodes it so"}.at(
        entry.body.where);
  entry.body.text = *body;
  return entry;
}

Result<std::vector<TargetEntry>> read_json_lines(std::string_view source, std::string_view text) {
  std::vector<TargetEntry> entries;
  std::uint32_t number = 0;
  for (const std::string_view line : base::split(text, '\n')) {
    ++number;
    if (base::trim(line).empty()) continue;
    const auto at_line = [number](Error error) {
      error.where.line = number;
      return error;
    };
    auto document = doc::read_json(doc::Source(std::string(source), std::string(line)));
    if (!document.ok()) return at_line(std::move(document).error());
    auto entry = read_json_entry(*document);
    if (!entry.ok()) return at_line(std::move(entry).error());
    for (PlacedText* one : {&entry->url, &entry->body}) one->where.line = number;
    for (auto& header : entry->headers) header.second.where.line = number;
    entries.push_back(*std::move(entry));
    if (entries.size() > kMaxTargets) break;
  }
  return entries;
}

// One line of vegeta's text, which belongs to the last entry unless it begins another.
Result<void> read_line(std::string_view source, std::size_t number, std::string_view line,
                       std::vector<TargetEntry>& entries, bool& inside) {
  const auto wrong = [&](std::string message, std::string remedy) {
    return Error{ExitCode::input, std::move(message), std::move(remedy)}.at(
        placed(source, number, 1, line));
  };
  const auto place = [&](std::string_view part) {
    return placed(source, number, static_cast<std::size_t>(part.data() - line.data()) + 1, line);
  };
  const std::size_t mark = line.find_first_of(" :");
  if (line[0] != '@' && mark != std::string_view::npos && line[mark] == ' ') {
    const std::string_view url = base::trim(line.substr(mark));
    TargetEntry& entry = entries.emplace_back();
    entry.method = line.substr(0, mark);
    entry.url = {std::string(url), place(url)};
    inside = true;
    return {};
  }
  if (!inside)
    return wrong("a target begins with a method and a URL", "write GET http://HOST/PATH");
  TargetEntry& entry = entries.back();
  if (line[0] == '@') {
    if (!entry.body_file.text.empty()) return wrong("a target has one body", "remove one");
    entry.body_file = {std::string(base::trim(line.substr(1))), place(line.substr(1))};
  } else if (mark != std::string_view::npos) {
    const std::string_view value = base::trim(line.substr(mark + 1));
    entry.headers.emplace_back(line.substr(0, mark), PlacedText{std::string(value), place(value)});
  } else {
    return wrong("this is neither a header nor a file",
                 "write Name: value, @FILE, or an empty line before the next target");
  }
  return {};
}

Result<std::vector<TargetEntry>> read_lines(std::string_view source, std::string_view text) {
  std::vector<TargetEntry> entries;
  bool inside = false;
  std::size_t number = 0;
  for (std::string_view line : base::split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#')) continue;
    if (base::trim(line).empty()) {
      inside = false;
      continue;
    }
    WEFT_CHECK(read_line(source, number, line, entries, inside));
    if (entries.size() > kMaxTargets) break;
  }
  return entries;
}

// A list of ours begins with a key, after comments.
bool is_yaml(std::string_view text) {
  for (std::string_view line : base::split(text, '\n')) {
    line = base::trim(line);
    if (line.empty() || line.starts_with('#') || line == "---") continue;
    return line.starts_with("targets:") || line.starts_with("\"targets\"");
  }
  return false;
}

Result<net::Url> url_of(const TargetEntry& entry, const net::Url* base) {
  const std::string_view text = entry.url.text;
  if (text.starts_with('/')) {
    if (base == nullptr)
      return Error{ExitCode::input, fmt::format("{} is a path, and no URL was given", text),
                   "name the service on the command line, or write whole URLs"}
          .at(entry.url.where);
    net::Url url = *base;
    url.target = text.substr(0, text.find('#'));
    return url;
  }
  auto url = net::parse_url(text);
  if (!url.ok()) {
    Error error = std::move(url).error();
    error.code = ExitCode::input;
    return std::move(error).at(entry.url.where);
  }
  const bool same = base == nullptr || (url->scheme == base->scheme && url->host == base->host &&
                                        url->port == base->port);
  if (same) return url;
  return Error{ExitCode::input,
               fmt::format("{} is not on {}://{}: one run measures one service", text, base->scheme,
                           base->authority()),
               "set a Host header for other names of the same service, or run once for each"}
      .at(entry.url.where);
}

Result<load::RequestKind> compile_entry(const TargetEntry& entry, const net::Url& url,
                                        const Compiling& how) {
  load::RequestKind kind;
  kind.weight = static_cast<std::uint32_t>(entry.weight);
  PlacedText path = entry.url;
  path.text = url.target;
  if (const auto start = entry.url.text.find(url.target); start != std::string::npos)
    path.where.column += static_cast<std::uint32_t>(start);
  WEFT_TRY(compiled_path, compile_text(path, load::Place::path, how.values));
  kind.path = std::move(compiled_path);
  for (const auto& [name, value] : entry.headers) {
    WEFT_TRY(compiled, compile_text(value, load::Place::header, how.values));
    kind.headers.emplace_back(name, std::move(compiled));
  }
  for (const auto& [name, value] : how.headers) {
    const bool own = std::ranges::any_of(entry.headers, [&name = name](const auto& header) {
      return base::equal_ignoring_case(header.first, name);
    });
    if (own) continue;
    WEFT_TRY(compiled,
             compile_text({value, {.source = "--header"}}, load::Place::header, how.values));
    kind.headers.emplace_back(name, std::move(compiled));
  }
  PlacedText body = entry.body;
  if (!entry.body_file.text.empty()) {
    if (!body.text.empty())
      return Error{ExitCode::input, "a target has one body", "remove body or body_file"}.at(
          entry.body_file.where);
    auto text = how.read_body(entry.body_file.text);
    if (!text.ok()) return std::move(text).error();
    body = {*std::move(text), {.source = entry.body_file.text, .line = 1, .column = 1}};
  }
  WEFT_TRY(compiled_body, compile_text(body, load::Place::body, how.values));
  kind.body = std::move(compiled_body);
  kind.method = !entry.method.empty() ? entry.method : kind.body.empty() ? "GET" : "POST";
  if (!is_method(kind.method))
    return Error{ExitCode::input, fmt::format("'{}' is not an HTTP method", kind.method),
                 "write GET or POST"}
        .at(entry.url.where);
  kind.name = entry.name.empty() ? kind.method + " " + entry.url.text : entry.name;
  return kind;
}

}  // namespace

Result<std::vector<TargetEntry>> read_targets(std::string_view source, std::string_view text) {
  const bool json = base::trim(text).starts_with('{') && !base::trim(text).starts_with("{{");
  WEFT_TRY(entries, is_yaml(text) ? read_yaml_list(source, text)
                    : json        ? read_json_lines(source, text)
                                  : read_lines(source, text));
  if (entries.empty())
    return Error{ExitCode::input, "there are no targets",
                 "write GET http://HOST/PATH, or a list under targets:"}
        .at({std::string(source)});
  if (entries.size() > kMaxTargets)
    return Error{ExitCode::input, fmt::format("there are more than {} targets", kMaxTargets),
                 "let values stand for what differs, see --template"}
        .at({std::string(source)});
  return entries;
}

Result<CompiledTargets> compile_targets(const std::vector<TargetEntry>& entries,
                                        const net::Url* base, const Compiling& how) {
  CompiledTargets out;
  for (const TargetEntry& entry : entries) {
    WEFT_TRY(url, url_of(entry, out.kinds.empty() ? base : &out.url));
    WEFT_TRY(kind, compile_entry(entry, url, how));
    if (out.kinds.empty()) out.url = std::move(url);
    out.kinds.push_back(std::move(kind));
  }
  return out;
}

Result<load::Template> compile_text(const PlacedText& text, load::Place place,
                                    const load::Values* values) {
  if (values == nullptr) return load::Template::literal(text.text);
  auto compiled = load::Template::compile(text.text, place, *values);
  if (compiled.ok()) return compiled;
  Error error = std::move(compiled).error();
  const base::Where inside = error.where;
  error.where = text.where;
  if (text.where.line == 0 || inside.line > 1) {
    error.where.line += inside.line - (text.where.line == 0 ? 0 : 1);
    error.where.column = inside.column;
    error.where.excerpt = inside.excerpt;
  } else {
    error.where.column += inside.column - 1;
  }
  return error;
}

}  // namespace weft::perf
