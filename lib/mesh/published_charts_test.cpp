#include "lib/mesh/published_charts_test.h"

#include <algorithm>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/testkit/paths.h"

namespace weft::mesh {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".yaml")
      files.push_back(entry.path().string());
  std::ranges::sort(files);
  return files;
}

// The documents of a stream, as text: most are CRDs, which need no parsing here.
std::vector<std::string> documents_of(const std::string& path) {
  const auto text = taken(base::read_file(path));
  std::vector<std::string> documents(1);
  for (const auto line : base::split(text, '\n')) {
    if (line.starts_with("---"))
      documents.emplace_back();
    else
      documents.back().append(line).append("\n");
  }
  return documents;
}

std::string field(const std::string& document, const std::string& key) {
  const auto at = ("\n" + document).find("\n" + key + ": ");
  if (at == std::string::npos) return {};
  const auto start = at + key.size() + 2;
  return std::string(base::trim(document.substr(start, document.find('\n', start) - start)));
}

// Helm takes the last of two equal keys, and one chart relies on it; we do not.
std::string without_line(const std::string& text, std::uint32_t number) {
  std::string rest;
  std::uint32_t at = 0;
  for (const auto line : base::split(text, '\n'))
    if (++at != number) rest.append(line).append("\n");
  return rest;
}

// The rendered objects are templates once more, so {{ is written {{ "{{" }}.
std::string unescaped(std::string text) {
  constexpr std::string_view kEscaped = R"({{ "{{" }})";
  for (auto at = text.find(kEscaped); at != std::string::npos; at = text.find(kEscaped, at))
    text.replace(at, kEscaped.size(), "{{");
  return text;
}

void add_file(Rendered& rendered, const std::string& path) {
  for (const auto& document : documents_of(path)) {
    const auto kind = field(document, "kind");
    if (kind.empty() || kind == "Kustomization") continue;
    if (kind == "CustomResourceDefinition") {
      ++rendered.crds[field(document, "  group")];
      continue;
    }
    std::string text = unescaped(document);
    auto objects = kube::read_objects(doc::Source(path, text));
    while (!objects.ok() && objects.error().message.ends_with("stands twice in one map")) {
      text = without_line(text, objects.error().where.line);
      objects = kube::read_objects(doc::Source(path, text));
    }
    for (auto& object : taken(std::move(objects))) rendered.objects.push_back(std::move(object));
  }
}

Rendered render(const std::string& chart) {
  Rendered rendered;
  for (const auto* part : {"/templates", "/crds"})
    for (const auto& path : files_below(chart + part)) add_file(rendered, path);
  return rendered;
}

}  // namespace

const Catalog& builtin_catalog() {
  static const Catalog builtin = Catalog::builtin();
  return builtin;
}

std::optional<std::string> charts() {
  auto folder = testkit::realdata("charts");
  if (!folder) WARN("skipped: the published charts are not beside the checkout");
  return folder;
}

std::string folder_of(const Mesh& mesh, const std::string& suffix) {
  return mesh.kind == Kind::addon ? "addons" : mesh.id + suffix;
}

Rendered render_all(const Mesh& mesh, const std::string& root, const std::string& suffix) {
  Rendered all;
  for (const auto& step : mesh.steps) {
    auto one = render(root + "/" + folder_of(mesh, suffix) + "/" + step.chart);
    std::ranges::move(one.objects, std::back_inserter(all.objects));
    for (const auto& [group, count] : one.crds) all.crds[group] += count;
  }
  if (mesh.driver == Driver::kustomize)
    for (const auto& path : files_below(root + "/" + mesh.id + "/kustomize"))
      if (path.find("patch") == std::string::npos) add_file(all, path);
  return all;
}

bool is_rendered(const std::string& root, const Mesh& mesh, const Step& step) {
  return mesh.driver == Driver::kustomize ||
         fs::exists(root + "/" + folder_of(mesh) + "/" + step.chart);
}

const kube::Object* find(const Rendered& rendered, std::string_view kind, std::string_view name) {
  for (const auto& object : rendered.objects)
    if (kube::text_at(object, {"kind"}) == kind && fits(name, kube::name_of(object)))
      return &object;
  return nullptr;
}

}  // namespace weft::mesh
