#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/kube/object.h"

namespace weft::kube {
namespace {

using base::Result;

// A list of two thousand pods has about a million nodes.
constexpr doc::Limits kLimits{.nodes = 20'000'000};

// A brace before a plain word opens a map of YAML, and documents are YAML's alone.
bool starts_like_json(std::string_view text) {
  text = base::trim(text);
  if (!text.starts_with('{') || text.find("\n---") != std::string_view::npos) return false;
  text = base::trim(text.substr(1));
  return text.starts_with('"') || text.starts_with('}');
}

// Integers with a leading zero are octal for kubectl and helm (YAML 1.1), not so for YAML 1.2:
// "defaultMode: 0400" is 256.
class Octals {
 public:
  explicit Octals(std::string_view text) : text_(text) {
    lines_.push_back(0);
    for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
      lines_.push_back(at + 1);
  }

  void correct(doc::Value& value) const {
    if (value.is_int()) {
      if (const auto octal = octal_at(value.position())) value = *octal;
    } else if (value.is_list()) {
      for (doc::Value& item : value.items()) correct(item);
    } else if (value.is_map()) {
      for (doc::Member& member : value.members()) correct(member.value);
    }
  }

 private:
  std::optional<std::int64_t> octal_at(doc::Position at) const {
    if (at.line == 0 || at.line > lines_.size() || at.column == 0) return std::nullopt;
    const std::size_t start = lines_[at.line - 1] + at.column - 1;
    if (start + 1 >= text_.size() || text_[start] != '0') return std::nullopt;
    std::int64_t number = 0;
    std::size_t end = start + 1;
    for (; end < text_.size() && text_[end] >= '0' && text_[end] <= '7' && end < start + 12; ++end)
      number = number * 8 + (text_[end] - '0');
    const bool whole = end == text_.size() ||
                       std::string_view(" \t\r\n,]}").find(text_[end]) != std::string_view::npos;
    return whole && end > start + 1 ? std::optional(number) : std::nullopt;
  }

  std::string_view text_;
  std::vector<std::size_t> lines_;
};

Result<void> add(doc::Document document, Objects& out) {
  if (document.root.is_null()) return {};
  const doc::Value* kind = document.root.find("kind");
  const doc::Value* items = document.root.find("items");
  if (items != nullptr && items->is_list() && kind != nullptr && kind->is_string() &&
      kind->string().ends_with("List")) {
    for (doc::Value& item : document.root.find("items")->items())
      WEFT_CHECK(add({std::move(item), document.source}, out));
    return {};
  }
  const bool named =
      kind != nullptr && kind->is_string() && !text_at(document.root, {"apiVersion"}).empty();
  if (!named)
    return document.error(document.root.position(), "this is not a Kubernetes object",
                          "an object needs apiVersion and kind");
  out.push_back(std::move(document.root));
  return {};
}

}  // namespace

std::vector<std::string_view> split_json(std::string_view text) {
  std::vector<std::string_view> values;
  std::size_t depth = 0, start = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0 && --depth == 0) {
      values.push_back(text.substr(start, i + 1 - start));
      start = i + 1;
    }
  }
  const std::string_view rest = base::trim(text.substr(start));
  if (!rest.empty()) values.push_back(rest);  // the reader of values says what is wrong with it
  return values;
}

Result<Objects> read_objects(doc::Source source, std::vector<std::string>* repeated) {
  Objects objects;
  if (starts_like_json(source.text())) {
    for (std::string_view text : split_json(source.text())) {
      WEFT_TRY(document, doc::read_json(doc::Source(source.name(), std::string(text)), kLimits));
      WEFT_CHECK(add(std::move(document), objects));
    }
    return objects;
  }
  doc::Manifests manifests = doc::read_manifests(std::move(source), kLimits);
  if (!manifests.broken.empty()) return std::move(manifests.broken.front());
  const Octals octals(manifests.source->text());
  for (doc::Manifest& manifest : manifests.documents) {
    if (repeated != nullptr)
      for (const doc::Repeated& key : manifest.repeated)
        repeated->push_back(fmt::format("{}:{}: the key {} stands twice, the last one counts",
                                        manifests.source->name(), key.at.line, key.key));
    octals.correct(manifest.document.root);
    WEFT_CHECK(add(std::move(manifest.document), objects));
  }
  return objects;
}

std::string write_list(std::span<const Object> objects) {
  std::string text = R"({"apiVersion":"v1","kind":"List","items":[)";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (i != 0) text += ',';
    text += doc::write_json(objects[i], 0);
  }
  return text += "]}";
}

}  // namespace weft::kube
