#include "lib/pattern/reading/dialect.h"

#include <algorithm>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::pattern {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

constexpr std::uint64_t kNodes = 4'000'000;

bool is_text(const Value& map, std::string_view key) {
  const Value* value = map.find(key);
  return value != nullptr && value->is_string();
}

bool is_object(const Value& root) { return is_text(root, "apiVersion") && is_text(root, "kind"); }

bool has_template(std::string_view text) {
  return text.find("{{ .") != std::string_view::npos ||
         text.find("{{.") != std::string_view::npos || text.find("{{-") != std::string_view::npos;
}

// Services of Compose have an image or a build and no type.
bool is_compose(const Value& services) {
  if (!services.is_map() || services.size() == 0) return false;
  return std::all_of(services.members().begin(), services.members().end(), [](const auto& member) {
    return member.value.find("type") == nullptr &&
           (member.value.find("image") != nullptr || member.value.find("build") != nullptr);
  });
}

bool is_chart(const Value& root) {
  return is_text(root, "apiVersion") && root.find("kind") == nullptr && is_text(root, "name") &&
         root.find("version") != nullptr && root.find("services") == nullptr;
}

Error refuse(const doc::Document& document, std::string message, std::string remedy) {
  return document.error(document.root.position(), std::move(message), std::move(remedy));
}

Error no_pattern(const doc::Document& document) {
  const Value& root = document.root;
  if (!root.is_map())
    return refuse(document,
                  fmt::format("this is {} {}, no pattern", root.is_string() ? "a" : "only a",
                              root.kind_name()),
                  "a pattern has services, components or Kubernetes objects");
  if (is_chart(root))
    return refuse(document, "this is the head of a helm chart, no pattern",
                  "render it with `helm template` and read the manifests");
  if (root.size() == 1 && root.find("name") != nullptr)
    return refuse(document, "the pattern is a stub: it has a name and nothing else",
                  "add services");
  return refuse(document,
                "this is no pattern: it has neither services nor components, nor is it a "
                "Kubernetes object",
                "see `weft help pattern` for the dialects");
}

// A decoded catalogue entry may be a JSON string around the text itself.
std::string unquoted(std::string text) {
  if (!text.starts_with('"')) return text;
  auto document = doc::read_json(doc::Source("", text));
  return document.ok() && document->root.is_string() ? document->root.string().str() : text;
}

std::optional<std::string> peel(std::string_view text) {
  std::string packed;
  for (char c : text)
    if (c != '\n' && c != '\r' && c != ' ') packed += c;
  constexpr std::size_t kShortest = 24;
  if (packed.size() < kShortest) return std::nullopt;
  auto bytes = base::base64_decode(packed);
  if (!bytes || !base::valid_utf8(*bytes)) return std::nullopt;
  return unquoted(std::move(*bytes));
}

Result<Dialect> recognise(const std::vector<doc::Document>& documents) {
  const doc::Document& first = documents.front();
  const Value& root = first.root;
  const Value* schema = root.find("schemaVersion");
  const bool is_design = schema != nullptr && schema->is_string() &&
                         schema->string().starts_with("designs.meshery.io/");
  const Value* services = root.find("services");
  if (documents.size() > 1 && (is_design || services != nullptr))
    return refuse(documents[1], "a pattern is one document, and a second one follows",
                  "put it in a file of its own");
  if (is_design || root.find("components") != nullptr) return Dialect::v1beta1;
  if (services != nullptr && is_compose(*services))
    return refuse(first, "this is a Compose file, no pattern",
                  "convert it to Kubernetes objects first, for example with kompose");
  if (services != nullptr) return Dialect::v0;
  const auto other = std::find_if(documents.begin(), documents.end(),
                                  [](const auto& each) { return !is_object(each.root); });
  if (other == documents.end()) return Dialect::manifests;
  return no_pattern(*other);
}

Result<void> check_read(const doc::Manifests& manifests) {
  const doc::Source& source = *manifests.source;
  for (const Error& broken : manifests.broken) {
    Error error = broken;
    if (has_template(source.text()))
      error.remedy = "this looks like a template of a helm chart: render it with `helm template`";
    return error;
  }
  if (manifests.documents.empty())
    return Error{ExitCode::input, fmt::format("{} is empty", source.name()),
                 "a pattern has services"}
        .at({source.name(), 1, 1, {}});
  for (const doc::Manifest& manifest : manifests.documents)
    for (const doc::Repeated& again : manifest.repeated)
      return manifest.document.error(
          again.at, fmt::format("{} stands twice, first at line {}", again.key, again.first.line),
          "keep one of them");
  return {};
}

Result<Opened> open_layer(doc::Source source, bool may_peel) {
  auto manifests = doc::read_manifests(std::move(source), {.nodes = kNodes});
  WEFT_CHECK(check_read(manifests));
  Opened out;
  for (doc::Manifest& manifest : manifests.documents)
    out.documents.push_back(std::move(manifest.document));
  const doc::Document& first = out.documents.front();
  if (may_peel && out.documents.size() == 1 && first.root.is_string()) {
    if (auto text = peel(first.root.string())) {
      const std::string name = first.source->name() + " (decoded)";
      WEFT_TRY(inner, open_layer(doc::Source(name, std::move(*text)), false));
      inner.notes.insert(
          inner.notes.begin(),
          {Level::warning, "the file is Base64 text: it was decoded", first.source->where({1, 1})});
      return std::move(inner);
    }
  }
  WEFT_TRY(dialect, recognise(out.documents));
  out.dialect = dialect;
  return out;
}

}  // namespace

Result<Opened> open(doc::Source source) { return open_layer(std::move(source), true); }

}  // namespace weft::pattern
