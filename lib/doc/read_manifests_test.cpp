#include <catch2/catch.hpp>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/compare_readers.h"
#include "lib/testkit/paths.h"

namespace weft::doc {
namespace {

Manifests manifests(std::string text) { return read_manifests(Source("m.yaml", std::move(text))); }

// Both readers on one text: equal in what both accept. Returns whether both did.
bool agree(const std::string& name, const std::string& text) {
  const auto people = read_yaml(Source(name, text));
  const auto bulk = read_manifests(Source(name, text));
  if (!people.ok() || !bulk.broken.empty()) return false;
  INFO(name);
  REQUIRE(people->size() == bulk.documents.size());
  for (std::size_t i = 0; i < people->size(); ++i)
    CHECK(difference((*people)[i].root, bulk.documents[i].document.root,
                     fmt::format("document {}", i + 1)) == "");
  return true;
}

int agreeing_files(const std::string& folder) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension();
    if (extension != ".yaml" && extension != ".yml") continue;
    const auto text = base::read_file(entry.path());
    if (text.ok() && text->size() < (1u << 20) && agree(entry.path(), *text)) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("a broken document is reported and the others are read") {
  const auto out =
      manifests("kind: A\n---\nkind: B\n  bad: [1\n---\nkind: C\n---\nx: \"open\n---\nkind: D\n");
  REQUIRE(out.documents.size() == 3);
  CHECK(out.documents[1].document.root.find("kind")->string() == "C");
  CHECK(out.documents[1].document.root.find("kind")->position().line == 6);
  REQUIRE(out.broken.size() == 2);
  CHECK(out.broken[0].where.line == 4);
  CHECK(out.broken[0].where.excerpt == "  bad: [1");
  CHECK(out.broken[1].where.line >= 8);
}

TEST_CASE("of a repeated key the last counts and each is told") {
  const auto out = manifests("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\n");
  REQUIRE(out.documents.size() == 1);
  CHECK(out.documents[0].document.root.find("a")->integer() == 3);
  CHECK(out.documents[0].document.root.find("c")->find("d")->integer() == 2);
  REQUIRE(out.documents[0].repeated.size() == 2);
  CHECK(out.documents[0].repeated[0].at.line == 4);
  CHECK(out.documents[0].repeated[1].first.line == 1);
  CHECK(out.documents[0].repeated[1].at.line == 3);
}

TEST_CASE("bytes that are no text break only their document") {
  const auto out = manifests("a: 1\n---\nb: \xff\n---\nc: 3\n");
  CHECK(out.documents.size() == 2);
  REQUIRE(out.broken.size() == 1);
  CHECK(out.broken[0].where.line == 3);
}

TEST_CASE("limits hold for each document of a stream") {
  const auto out = read_manifests(Source("m", "[[[1]]]\n---\n[1]\n"), {.depth = 2});
  CHECK(out.documents.size() == 1);
  REQUIRE(out.broken.size() == 1);
  CHECK(out.broken[0].message == "nested deeper than 2 levels");
  CHECK(manifests(std::string(100'000, '[')).broken.size() == 1);
}

TEST_CASE("JSON is read as JSON, directives belong to what follows, an alias needs its anchor") {
  CHECK(manifests("{\"a\": 1e3}").documents[0].document.root.find("a")->is_number());
  CHECK(manifests("%YAML 1.2\n---\na: 1\n---\nb: 1\n").documents.size() == 2);
  CHECK(manifests("a: *x").broken.at(0).message ==
        "the alias *x names no anchor that stands before it");
}

TEST_CASE("the order of documents and errors does not depend on the number of threads") {
  std::string text;
  for (int i = 0; i < 3000; ++i)
    text += fmt::format("{}number: {}\n---\n", i % 700 == 0 ? "broken: [\n---\n" : "", i);
  for (const unsigned workers : {1u, 4u}) {
    const auto out = read_manifests(Source("m", text), {}, workers);
    REQUIRE(out.documents.size() == 3000);
    for (int i = 0; i < 3000; ++i)
      if (out.documents[static_cast<std::size_t>(i)].document.root.find("number")->integer() != i)
        FAIL("document " << i << " stands elsewhere");
    REQUIRE(out.broken.size() == 5);
    CHECK(out.broken[1].where.line > out.broken[0].where.line);
  }
}

TEST_CASE("both YAML readers give equal values and positions") {
  for (const char* text :
       {"a: 1\nb:\n  - x\n  -   {c: 'd', e: \"f\\n\"}\n  -\n  - ~\nc:\nd: null\n",
        "base: &b {x: 1}\nuse: {<<: *b, y: 2}\nlist: &l [1, 2]\nagain: *l\nempty: &e\nat: *e\n",
        "µ: {µµ: [ä, ö], é: 'ü'} # ß\nk: |\n  text\n  more\nf: >-\n  a\n  b\n",
        "a: 1\r\nb: |\r\n  x\r\nc: 2\rd: 3\n", "# c\n---\n---\na: 1\n...\n---\nb: !!str 1\n",
        "? key\n: value\n? other\n: - 1\n",
        "\xef\xbb\xbf"
        "a: 1\n",
        "- - 1\n  - 2\n-\n  - 3\n"})
    CHECK(agree("text", text));
  CHECK(agreeing_files(testkit::testdata("")) > 0);
}

TEST_CASE("both YAML readers agree on real charts and patterns") {
  const auto charts = testkit::realdata("charts/istio");
  const auto patterns = testkit::realdata("patterns/catalog-2025");
  if (!charts || !patterns) {
    WARN("skipped: the real charts and patterns are not beside the checkout");
    return;
  }
  CHECK(agreeing_files(*charts) >= 5);
  CHECK(agreeing_files(*patterns) >= 10);
}

}  // namespace weft::doc
