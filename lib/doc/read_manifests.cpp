#include <yaml.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "lib/base/format.h"
#include "lib/base/heap.h"
#include "lib/base/parallel.h"
#include "lib/doc/composer.h"
#include "lib/doc/simple_yaml.h"
#include "lib/doc/source_text.h"

namespace weft::doc {
namespace {

std::string_view text_of(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

// libyaml's state, released whatever happens.
class Parser {
 public:
  explicit Parser(std::string_view text) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  ~Parser() { yaml_parser_delete(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  yaml_parser_t& get() { return parser_; }

 private:
  yaml_parser_t parser_;
};

class Event {
 public:
  explicit Event(Parser& parser) : ok_(yaml_parser_parse(&parser.get(), &event_) == 1) {}
  ~Event() {
    if (ok_) yaml_event_delete(&event_);
  }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool ok() const { return ok_; }
  const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_;
  bool ok_;
};

// Marks of libyaml, which count characters from the start of a part, as positions in the file.
class Places {
 public:
  Places(std::string_view part, std::uint32_t first_line) : first_line_(first_line) {
    if (std::all_of(part.begin(), part.end(), [](char c) { return (c & 0x80) == 0; })) return;
    for (std::string_view rest = part;;) {
      const std::size_t end = rest.find('\n');
      lines_.push_back(rest.substr(0, end));
      if (end == std::string_view::npos) return;
      rest.remove_prefix(end + 1);
    }
  }

  Position operator()(const yaml_mark_t& mark) const {
    std::size_t column = mark.column;
    if (mark.line < lines_.size()) column = bytes(lines_[mark.line], mark.column);
    return {first_line_ + static_cast<std::uint32_t>(mark.line),
            static_cast<std::uint32_t>(column) + 1};
  }

 private:
  static std::size_t bytes(std::string_view line, std::size_t characters) {
    std::size_t at = 0;
    while (at < line.size() && characters > 0) {
      ++at;
      while (at < line.size() && (line[at] & 0xc0) == 0x80) ++at;
      --characters;
    }
    return at;
  }

  std::uint32_t first_line_;
  std::vector<std::string_view> lines_;  // empty when every character is a byte
};

class Reader {
 public:
  Reader(std::shared_ptr<const Source> source, const Limits& limits)
      : source_(source),
        builder_(std::move(source), limits, Builder::Repeats::last_counts),
        composer_(builder_),
        simple_(composer_, anchors_) {}

  // The documents between two "---", usually one.
  void read(std::string_view part, std::uint32_t first_line) {
    if (simple_.read(part, first_line)) return finish();
    builder_.reset();
    if (auto text = check_text(*source_, part); !text.ok()) {
      out_.broken.push_back(std::move(text).error());
      return;
    }
    Parser parser(part);
    const Places places(part, first_line);
    for (bool going = true; going;) {
      const Event event(parser);
      if (!event.ok()) return syntax_error(parser.get(), places);
      going = event->type != YAML_STREAM_END_EVENT;
      handle(event, places);
      if (builder_.ok()) continue;
      out_.broken.push_back(builder_.take_error());
      return builder_.reset();
    }
  }

  Manifests take() { return std::move(out_); }

 private:
  Composer::Anchor anchor(const yaml_char_t* name) {
    return name == nullptr ? 0 : anchors_.add(text_of(name));
  }

  void scalar(const Event& event, Position at) {
    const auto& scalar = event->data.scalar;
    const bool is_absent = scalar.length == 0 && scalar.plain_implicit == 1 &&
                           scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nullptr &&
                           scalar.anchor == nullptr;
    if (is_absent) return composer_.absent(at, 0);
    std::string_view tag = text_of(scalar.tag);
    if (tag.empty()) tag = scalar.plain_implicit == 1 ? Composer::kPlain : Composer::kQuoted;
    composer_.scalar(at, tag, anchor(scalar.anchor),
                     {reinterpret_cast<const char*>(scalar.value), scalar.length});
  }

  void alias(const Event& event, Position at) {
    const std::string_view name = text_of(event->data.alias.anchor);
    if (const Composer::Anchor known = anchors_.find(name)) return composer_.alias(at, known);
    composer_.fail(at, fmt::format("the alias *{} names no anchor that stands before it", name),
                   "write the value out");
  }

  void handle(const Event& event, const Places& places) {
    const Position at = places(event->start_mark);
    switch (event->type) {
      case YAML_DOCUMENT_START_EVENT:
        anchors_.clear();
        return composer_.start_document();
      case YAML_DOCUMENT_END_EVENT:
        return finish();
      case YAML_ALIAS_EVENT:
        return alias(event, at);
      case YAML_SCALAR_EVENT:
        return scalar(event, at);
      case YAML_SEQUENCE_START_EVENT:
        return composer_.begin_list(at, text_of(event->data.sequence_start.tag),
                                    anchor(event->data.sequence_start.anchor));
      case YAML_MAPPING_START_EVENT:
        return composer_.begin_map(at, text_of(event->data.mapping_start.tag),
                                   anchor(event->data.mapping_start.anchor));
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return composer_.end();
      default:
        return;
    }
  }

  void finish() {
    Manifest manifest{builder_.take(), builder_.take_repeated()};
    builder_.reset();
    if (!composer_.empty()) out_.documents.push_back(std::move(manifest));
  }

  void syntax_error(const yaml_parser_t& parser, const Places& places) {
    std::string message = fmt::format("not valid YAML: {}", parser.problem);
    if (parser.context != nullptr) message += fmt::format(" ({})", parser.context);
    std::string remedy;
    const std::string_view problem = parser.problem;
    if (problem.find("token") != std::string_view::npos)
      remedy = "quote text that starts with @, `, % or {{, and indent with spaces";
    else if (problem.find("mapping values") != std::string_view::npos)
      remedy = "check the indentation, and quote text that holds \": \"";
    else if (problem.find("did not find expected") != std::string_view::npos)
      remedy = "check the indentation of this line";
    out_.broken.push_back(
        input_error(*source_, places(parser.problem_mark), std::move(message), std::move(remedy)));
    builder_.reset();
  }

  std::shared_ptr<const Source> source_;
  Builder builder_;
  Composer composer_;
  AnchorNames anchors_;
  SimpleYaml simple_;
  Manifests out_;
};

bool is_separator(std::string_view line) { return line.starts_with("---"); }

// Directives belong to the document after them.
bool ends_in_directives(std::string_view part) {
  return part.starts_with('%') || part.find("\n%") != std::string_view::npos;
}

struct Part {
  std::string_view text;
  std::uint32_t first_line = 1;
};

// Of the text from `begin` on.
std::vector<Part> parts_of(const Source& source, std::size_t begin) {
  const std::string_view text = source.text();
  const auto& lines = source.line_starts();
  std::vector<Part> parts;
  std::size_t start = begin;
  std::uint32_t start_line = 1;
  for (std::uint32_t i = 1; i < lines.size(); ++i) {
    if (!is_separator(text.substr(lines[i], 3))) continue;
    const std::string_view part = text.substr(start, lines[i] - start);
    if (ends_in_directives(part)) continue;
    parts.push_back({part, start_line});
    start = lines[i];
    start_line = i + 1;
  }
  parts.push_back({text.substr(start), start_line});
  return parts;
}

// So many parts behind each other are read by one thread without a pause.
constexpr std::size_t kBatch = 512;

}  // namespace

Manifests read_manifests(Source source, const Limits& limits, unsigned workers) {
  if (source.text().find('\r') != std::string::npos)
    source = Source(source.name(), with_line_feeds(source.text()));
  const auto shared = std::make_shared<const Source>(std::move(source));
  const std::string_view text = shared->text();
  const std::size_t begin = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  const std::size_t content = text.find_first_not_of(" \t\n", begin);
  if (content != std::string_view::npos && (text[content] == '{' || text[content] == '[')) {
    auto document = read_json(*shared, limits);
    if (document.ok()) return {shared, {{std::move(*document), {}}}, {}};
  }

  const std::vector<Part> parts = parts_of(*shared, begin);
  std::vector<Manifests> batches((parts.size() + kBatch - 1) / kBatch);
  base::in_parallel(workers, batches.size(), [&](std::size_t i) {
    if (batches.size() > 1) base::expect_large_heap();
    Reader reader(shared, limits);
    for (const Part& part :
         std::span(parts).subspan(i * kBatch).first(std::min(kBatch, parts.size() - i * kBatch)))
      reader.read(part.text, part.first_line);
    batches[i] = reader.take();
  });
  Manifests all{shared, {}, {}};
  all.documents.reserve(parts.size());
  for (Manifests& batch : batches) {
    std::move(batch.documents.begin(), batch.documents.end(), std::back_inserter(all.documents));
    std::move(batch.broken.begin(), batch.broken.end(), std::back_inserter(all.broken));
  }
  return all;
}

}  // namespace weft::doc
