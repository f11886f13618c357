#include "lib/doc/simple_yaml.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/doc/compare_readers.h"
#include "lib/doc/write.h"
#include "lib/testkit/paths.h"

namespace weft::doc {
namespace {

std::string json(const std::string& text) {
  const auto root = read_simple(text);
  return root ? write_json(*root, 0) : "refused";
}

struct Share {
  int taken = 0;
  int all = 0;
};

// Holds every document of the YAML files of a folder against libyaml.
Share compare_folder(const std::string& folder) {
  Share share;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension();
    if (extension != ".yaml" && extension != ".yml") continue;
    const std::string text = base::read_file(entry.path()).value_or("");
    if (text.size() > (1u << 20) || text.find("\n%") != std::string::npos) continue;
    for (std::size_t start = 0, end = 0; end != std::string::npos; start = end + 1) {
      end = text.find("\n---", start);
      const std::string part = text.substr(start, end == std::string::npos ? end : end + 1 - start);
      INFO(entry.path() << " at byte " << start);
      CHECK(disagreement(part) == "");
      ++share.all;
      share.taken += read_simple(part) ? 1 : 0;
    }
  }
  return share;
}

}  // namespace

TEST_CASE("common YAML is read in one pass") {
  CHECK(json("---\n# c\na: 1\nb:\n- x\n- y: 2 # d\n  z: 'it''s'\nc: {d: [e, \"f\\n\"], g: ~}\n") ==
        R"({"a":1,"b":["x",{"y":2,"z":"it's"}],"c":{"d":["e","f\n"],"g":null}})"
        "\n");
  CHECK(json("a: |\n  x\n   y\n\n  z\n\nb: |-\n    1\nc:\nd: &n [1]\ne: *n\n") ==
        R"({"a":"x\n y\n\nz\n","b":"1","c":null,"d":[1],"e":[1]})"
        "\n");
  CHECK(json("a: &m\n  b: 1\nc: {<<: *m}\n- x") == "refused");
  CHECK(json("- - 1\n  - 2\n-\n  - 3\n-\n") == "[[1,2],[3],null]\n");
  CHECK(json("--- # nothing\n") == "null\n");
}

TEST_CASE("whatever is rarer or wrong is refused") {
  for (const char* text :
       {"a: b\n  c",      "a: 'b\n  c'", "a: b: c",     "a: >\n  b\n",   "a: !!str b", "? a\n: b",
        "a:\tb",          "a: \xc3\xa9", "a: *none",    "a: |2\n   b\n", "a: |\n  b",  "a: [1, 2",
        "a: {b}",         "a: [b: c]",   "a: b\n c: d", "  a: 1\n b: 2", "- a\nb: c",  "a: @b",
        "a: \"b\\x41\"",  "...",         "--- a",       "&a b: c",       "- &a b: c",  "a: &b *c",
        "a: |\n \n  b\n", "a: \"b\"c",   "a: [b]c",     "a\nb: c"})
    CHECK(json(text) == "refused");
  CHECK(json(std::string(1100, 'k') + ": 1") == "refused");
  CHECK(json(std::string(100'000, '[')) == "refused");
}

TEST_CASE("what is read at the edge of the language is what libyaml reads") {
  for (const char* text : {"a:   \n  - b\n  -   c: 1\n      d: 2\n",
                           "a:\n- |\n  x\n- &b\n  c: *b\n",
                           "a: [ ]\nb: { }",
                           "a: {b: c,}\nd: [e, # f\n  g\n ]",
                           "{\"a\":1, b: 'c' ,\"d\" : [e,f]}",
                           "a : b # c\n#d\n",
                           "a: http://b:80/#c",
                           "a: |\n    x\n   \n     y  \n# c\nb: 1",
                           "a: -1\nb: --x\nc: - d\n",
                           "a: &b\n- c\nd: &e f\ng: [*b, *e]\nh:\n  *b\n",
                           "a: &b |\n  c\nd: *b\n",
                           "a: |\n\n  b\n\n\n",
                           "a: \"\\\"\\\\\\/\\t\"\n'b c': ''''\n\"d\": ''",
                           "a: 1\na: 2\n<<: {c: 1, a: 3}\n",
                           "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n",
                           "-\n-\n\n-",
                           "  - a\n  - b\n",
                           "a: b#c\nd: e #f\n",
                           "a: {b: {c: [{d: e}]}}\n",
                           "a: ~\nb: null\nc: 0x1f\nd: 1e3\ne: .inf\n",
                           "a:\n  b",
                           "a",
                           "a: \"#\" # b\n",
                           "'a'",
                           "[a,\nb]",
                           "a: {b: *c}\n",
                           "x: &c 1\na: {b: *c}\n"}) {
    INFO(text);
    CHECK(disagreement(text) == "");
    CHECK(disagreement("---\n" + std::string(text)) == "");
  }
}

TEST_CASE("SimpleYaml and libyaml agree on every file at hand, and most are simple") {
  const Share own = compare_folder(testkit::testdata(""));
  CHECK(own.taken * 10 > own.all * 7);
  const auto charts = testkit::realdata("charts");
  const auto patterns = testkit::realdata("patterns");
  if (!charts || !patterns) {
    WARN("skipped: the real charts and patterns are not beside the checkout");
    return;
  }
  compare_folder(*charts);
  CHECK(compare_folder(*patterns).taken > 50);
}

}  // namespace weft::doc
