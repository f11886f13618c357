#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/capability/capability.h"
#include "lib/doc/read.h"

namespace weft::capability {
namespace {

std::string text_with(const std::string& settings, const std::string& istio) {
  std::string text =
      "id: a.b\ntype: Sample\nname: sample\norder: 1\ntitle: T\nsummary: S\nsettings:\n" +
      settings + "meshes:\n  istio: " + istio + "\n";
  for (const Column& column : meshes())
    if (column.mesh != "istio")
      text += fmt::format("  {}: {{support: none, nearest: another}}\n", column.mesh);
  return text;
}

base::Result<Capability> read(const std::string& text) {
  const auto document = doc::read(doc::Source("sample.yaml", text));
  REQUIRE(document.ok());
  return read_capability(*document);
}

TEST_CASE("a capability is read with its settings and a cell for each mesh") {
  const auto one = read(text_with(
      "  ratio: {kind: percent, default: 20, about: share}\n"
      "  from: {kind: object, list: true, about: who, fields: {name: {kind: text, required: true, "
      "about: n}}}\n",
      "{support: raw, since: \"1.8\", uses: [\"K: f\"], note: n, source: where}"));
  REQUIRE(one.ok());
  REQUIRE(one->settings.size() == 2);
  CHECK(one->settings[0].kind == Kind::percent);
  CHECK(one->settings[0].fallback == doc::Value(20));
  CHECK(one->settings[1].list);
  CHECK(one->settings[1].fields.front().required);
  CHECK(one->cells.size() == meshes().size());
  CHECK(one->on("istio")->support == Support::raw);
  CHECK(one->on("istio")->since == "1.8");
  CHECK(one->on("istio")->source == "where");
  CHECK(one->on("kmesh") == nullptr);
}

TEST_CASE("a file that leaves something open is refused") {
  const std::string settings = "  ratio: {kind: percent, about: share}\n";
  struct Row {
    std::string text;
    const char* message;
  };
  const Row rows[] = {
      {text_with(settings, "{support: some}"), "must be one of the levels of support"},
      {text_with(settings, "{support: none}"), "must say what to do where nothing is supported"},
      {text_with("  ratio: {kind: share, about: share}\n", "{support: raw}"), "kind"},
      {text_with("  ratio: {kind: percent}\n", "{support: raw}"), "about"},
      {text_with(settings, "{support: raw}") + "  kmesh: {support: raw}\n", "has no column kmesh"}};
  for (const Row& row : rows) {
    INFO(row.message);
    const auto one = read(row.text);
    REQUIRE_FALSE(one.ok());
    CHECK(one.error().message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("levels of support have one name each") {
  for (const auto level : {Support::first_class, Support::partial, Support::annotation,
                           Support::raw, Support::experimental, Support::enterprise, Support::none})
    CHECK(parse_support(to_string(level)) == level);
  CHECK_FALSE(parse_support("maybe"));
}

}  // namespace
}  // namespace weft::capability
