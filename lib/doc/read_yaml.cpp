#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/composer.h"
#include "lib/doc/source_text.h"

namespace weft::doc {
namespace {

// Thrown through yaml-cpp, which has no other way to be stopped.
struct Stop {};

Position position_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
}

class Handler : public YAML::EventHandler {
 public:
  Handler(Builder& builder, std::string_view text) : composer_(builder), text_(text) {}

  bool empty() const { return composer_.empty(); }
  // The last scalar of the stream, when it was quoted or a block.
  std::optional<std::size_t> last_quoted() const { return last_quoted_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // yaml-cpp takes what follows a finished document for the next one, marker or not.
    if (started_ && !marked(static_cast<std::size_t>(mark.pos)))
      composer_.fail(position_of(mark), "this belongs to nothing: the document has ended before it",
                     "indent it like its neighbours, or start a new document with ---");
    started_ = true;
    composer_.start_document();
    check();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (anchor != YAML::NullAnchor || is_written_null(mark))
      composer_.scalar(position_of(mark), Composer::kPlain, anchor, "~");
    else
      composer_.absent(position_of(mark), anchor);
    check();
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    composer_.alias(position_of(mark), anchor);
    check();
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    last_quoted_.reset();
    if (tag == Composer::kQuoted) last_quoted_ = static_cast<std::size_t>(mark.pos);
    composer_.scalar(position_of(mark), tag, anchor, text);
    check();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    composer_.begin_list(position_of(mark), tag, anchor);
    check();
  }
  void OnSequenceEnd() override { finish(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    composer_.begin_map(position_of(mark), tag, anchor);
    check();
  }
  void OnMapEnd() override { finish(); }

 private:
  void check() const {
    if (!composer_.ok()) throw Stop{};
  }
  void finish() {
    composer_.end();
    check();
  }

  // For a value that is not there yaml-cpp gives the place of what comes next.
  bool is_written_null(const YAML::Mark& mark) const {
    const std::string_view rest = text_.substr(std::min(std::size_t(mark.pos), text_.size()));
    return rest.starts_with('~') || base::lower(rest.substr(0, 4)) == "null";
  }

  // A line "---" at `at`, or "..." as the last line before it that is not blank or a comment.
  bool marked(std::size_t at) const {
    if (text_.substr(std::min(at, text_.size())).starts_with("---")) return true;
    std::string_view before = text_.substr(0, at);
    while (!before.empty()) {
      if (before.back() == '\n') before.remove_suffix(1);
      const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
      const std::string_view line = before.substr(start);
      const std::size_t content = line.find_first_not_of(" \t\n");
      if (content != std::string_view::npos && line[content] != '#') return line.starts_with("...");
      before = before.substr(0, start);
    }
    return false;
  }

  Composer composer_;
  std::string_view text_;
  bool started_ = false;
  std::optional<std::size_t> last_quoted_;
};

// yaml-cpp ends a quoted scalar in silence where the text ends. True when the scalar at `start`
// is in quotes that are never closed.
bool is_unclosed(std::string_view text, std::size_t start) {
  std::size_t at = start;
  while (at < text.size() && (text[at] == '&' || text[at] == '!'))  // its anchor and tag
    at = text.find_first_not_of(" \t\n", text.find_first_of(" \t\n", at));
  if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return false;
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    const bool escaped = quote == '"' ? text[at] == '\\' : text.substr(at).starts_with("''");
    if (escaped)
      ++at;
    else if (text[at] == quote)
      return false;
  }
  return true;
}

std::string remedy_for(std::string_view message) {
  if (message == YAML::ErrorMsg::TAB_IN_INDENTATION) return "indent with spaces";
  if (message == YAML::ErrorMsg::MAP_VALUE)
    return "check the indentation, and quote text that holds \": \"";
  if (message == YAML::ErrorMsg::END_OF_MAP || message == YAML::ErrorMsg::END_OF_SEQ)
    return "check the indentation of this line";
  if (message == YAML::ErrorMsg::UNKNOWN_TOKEN) return "quote text that starts with @, ` or %";
  return {};
}

}  // namespace

base::Result<std::vector<Document>> read_yaml(Source source, const Limits& limits) {
  const auto shared = std::make_shared<const Source>(std::move(source));
  WEFT_TRY(checked, checked_text(*shared));
  const std::string text = with_line_feeds(checked);
  Builder builder(shared, limits);
  Handler handler(builder, text);
  std::vector<Document> documents;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
      Document document = builder.take();
      if (!handler.empty()) documents.push_back(std::move(document));
    }
    if (handler.last_quoted() && is_unclosed(text, *handler.last_quoted()))
      return input_error(*shared, position_at(text, *handler.last_quoted()),
                         "the quoted text that begins here never ends", "add the closing quote");
  } catch (const Stop&) {
    return builder.take_error();
  } catch (const YAML::Exception& error) {
    return input_error(*shared, position_of(error.mark),
                       fmt::format("not valid YAML: {}", error.msg), remedy_for(error.msg));
  }
  return documents;
}

}  // namespace weft::doc
