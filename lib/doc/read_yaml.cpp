#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "lib/base/format.h"
#include "lib/doc/builder.h"
#include "lib/doc/source_text.h"
#include "lib/doc/yaml_scalar.h"

namespace weft::doc {
namespace {

// Thrown through yaml-cpp, which has no other way to be stopped.
struct Stop {};

Position position_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
}

constexpr std::string_view kCore = "tag:yaml.org,2002:";

bool is_untagged(std::string_view tag) { return tag.empty() || tag == "?" || tag == "!"; }

class Handler : public YAML::EventHandler {
 public:
  Handler(Builder& builder, std::string_view text) : builder_(builder), text_(text) {}

  bool empty() const { return empty_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // yaml-cpp takes what follows a finished document for the next one, marker or not.
    if (started_ && !marked(static_cast<std::size_t>(mark.pos)))
      stop(mark, "this belongs to nothing: the document has ended before it",
           "indent it like its neighbours, or start a new document with ---");
    started_ = true;
    anchors_.clear();
    open_anchors_.clear();
    empty_ = false;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (builder_.wants_key()) stop(mark, "a key is missing here", "write the key before the colon");
    if (open_anchors_.empty()) empty_ = true;
    keep(anchor, Value(), mark);
    builder_.scalar(Value(), position_of(mark));
    check();
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      stop(mark, "an alias cannot stand inside the value it names", "write the value out");
    if (builder_.wants_key()) {
      if (!found->second.is_string()) stop(mark, "a key must be text", "write the key out");
      builder_.key(found->second.string(), position_of(mark));
    } else {
      builder_.copy(found->second, position_of(mark));
    }
    check();
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    const Position at = position_of(mark);
    Value value = typed(mark, tag, text);
    if (builder_.wants_key()) {
      keep(anchor, Value(text), mark);
      if (tag == "?" && text == "<<")
        builder_.merge_key(at);
      else
        builder_.key(text, at);
    } else {
      keep(anchor, value, mark);
      builder_.scalar(std::move(value), at);
    }
    check();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(mark, tag, "seq", anchor);
    builder_.begin_list(position_of(mark));
    check();
  }
  void OnSequenceEnd() override { finish(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(mark, tag, "map", anchor);
    builder_.begin_map(position_of(mark));
    check();
  }
  void OnMapEnd() override { finish(); }

 private:
  struct Anchor {
    YAML::anchor_t id;
    YAML::Mark mark;
  };

  [[noreturn]] void stop(const YAML::Mark& mark, std::string message, std::string remedy) {
    builder_.fail(position_of(mark), std::move(message), std::move(remedy));
    throw Stop{};
  }
  void check() const {
    if (!builder_.ok()) throw Stop{};
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

  void keep(YAML::anchor_t anchor, const Value& value, const YAML::Mark& mark) {
    if (anchor == YAML::NullAnchor) return;
    if (builder_.pay_for_copy(value, position_of(mark))) anchors_[anchor] = value;
  }

  void start(const YAML::Mark& mark, const std::string& tag, std::string_view kind,
             YAML::anchor_t anchor) {
    if (builder_.wants_key())
      stop(mark, "a key must be text, not a list or a map", "quote it if it is text");
    if (!is_untagged(tag) && tag != fmt::format("{}{}", kCore, kind)) unknown_tag(mark, tag);
    open_anchors_.push_back({anchor, mark});
  }

  void finish() {
    const Value* value = builder_.end();
    check();
    keep(open_anchors_.back().id, *value, open_anchors_.back().mark);
    open_anchors_.pop_back();
    check();
  }

  [[noreturn]] void unknown_tag(const YAML::Mark& mark, const std::string& tag) {
    stop(mark, fmt::format("the tag {} is not supported", tag), "remove the tag");
  }

  Value typed(const YAML::Mark& mark, const std::string& tag, const std::string& text) {
    if (tag == "!") return text;  // quoted
    if (is_untagged(tag)) {
      if (auto value = yaml_scalar(text)) return *std::move(value);
      stop(mark, fmt::format("{} is too large or too small for a number", text.substr(0, 80)),
           "quote it if it is text");
    }
    if (!std::string_view(tag).starts_with(kCore)) unknown_tag(mark, tag);
    const std::string_view kind = std::string_view(tag).substr(kCore.size());
    if (kind == "str") return text;
    auto value = yaml_scalar(text);
    if (value && kind == "int" && value->is_int()) return *std::move(value);
    if (value && kind == "float" && value->is_number()) return value->number();
    if (value && kind == "bool" && value->is_bool()) return *std::move(value);
    if (value && kind == "null" && value->is_null()) return *std::move(value);
    if (kind != "int" && kind != "float" && kind != "bool" && kind != "null")
      unknown_tag(mark, tag);
    stop(mark, fmt::format("\"{}\" does not fit its tag !!{}", text.substr(0, 80), kind),
         "remove the tag or correct the value");
  }

  Builder& builder_;
  std::string_view text_;
  bool started_ = false;
  bool empty_ = false;
  std::map<YAML::anchor_t, Value> anchors_;
  std::vector<Anchor> open_anchors_;  // of the containers that are open
};

// YAML's line breaks are LF, CRLF and CR; yaml-cpp does not know the last.
std::string with_line_feeds(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r')
      out += text[i];
    else if (i + 1 == text.size() || text[i + 1] != '\n')
      out += '\n';
  }
  return out;
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
  } catch (const Stop&) {
    return builder.take_error();
  } catch (const YAML::Exception& error) {
    return input_error(*shared, position_of(error.mark),
                       fmt::format("not valid YAML: {}", error.msg), remedy_for(error.msg));
  }
  return documents;
}

}  // namespace weft::doc
