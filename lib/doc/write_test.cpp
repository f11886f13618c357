#include "lib/doc/write.h"

#include <catch2/catch.hpp>
#include <random>

#include "lib/doc/read.h"

namespace weft::doc {
namespace {

Value yaml(const std::string& text) {
  auto documents = read_yaml(Source("written.yaml", text));
  if (!documents.ok()) FAIL(documents.error().message << " in\n" << text);
  if (documents->empty()) return {};
  return documents->front().root;
}

Value json(const std::string& text) {
  auto document = read_json(Source("written.json", text));
  if (!document.ok()) FAIL(document.error().message << " in\n" << text);
  return document->root;
}

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  Value value(int depth) {
    switch (pick(depth > 0 ? 9 : 6)) {
      case 0:
        return {};
      case 1:
        return pick(2) == 0;
      case 2:
        return static_cast<std::int64_t>((std::uint64_t{random_()} << 32) | random_());
      case 3:
        return number();
      case 4:
      case 5:
        return text();
      case 6: {
        Value list = Value::list();
        for (auto n = pick(5); n > 0; --n) list.push(value(depth - 1));
        return list;
      }
      default: {
        Value map = Value::map();
        for (auto n = pick(5); n > 0; --n) map.set(text(), value(depth - 1));
        return map;
      }
    }
  }

 private:
  unsigned pick(unsigned n) { return static_cast<unsigned>(random_() % n); }

  double number() {
    const double kSpecial[] = {0.0, -0.0, 1.0, 1e300, 5e-324, 0.1, 1e21, 123456789.25, -1.5e-7};
    if (pick(2) == 0) return kSpecial[pick(std::size(kSpecial))];
    return std::uniform_real_distribution<double>(-1e6, 1e6)(random_);
  }

  std::string text() {
    static const std::vector<std::string> kPieces = {"yes",
                                                     "no",
                                                     "1.10",
                                                     "0123",
                                                     "~",
                                                     "null",
                                                     "true",
                                                     "0x1f",
                                                     "1:30",
                                                     "2026-01-01",
                                                     " ",
                                                     "  ",
                                                     "\n",
                                                     "\n\n",
                                                     "\t",
                                                     "#",
                                                     " #",
                                                     ": ",
                                                     ":",
                                                     "-",
                                                     "- ",
                                                     "?",
                                                     "'",
                                                     "\"",
                                                     "\\",
                                                     "{",
                                                     "}",
                                                     "[",
                                                     "]",
                                                     ",",
                                                     "&a",
                                                     "*a",
                                                     "!t",
                                                     "|",
                                                     ">",
                                                     "%",
                                                     "@",
                                                     "`",
                                                     "---",
                                                     "...",
                                                     "a",
                                                     "word",
                                                     "µ",
                                                     "漢",
                                                     "😀",
                                                     "\r",
                                                     "\r\n",
                                                     "\x01",
                                                     "\x7f",
                                                     "\xc2\x85",
                                                     "\xe2\x80\xa8",
                                                     "\xef\xbb\xbf",
                                                     "<<",
                                                     "=",
                                                     ".inf",
                                                     "1e5"};
    std::string out;
    for (auto n = pick(6); n > 0; --n) out += kPieces[pick(static_cast<unsigned>(kPieces.size()))];
    if (pick(200) == 0) out.append(1500, 'k');
    return out;
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("what is written as YAML or JSON reads back as the same value") {
  for (unsigned seed = 0; seed < 5000; ++seed) {
    const Value value = Generator(seed).value(4);
    INFO("seed " << seed << "\n" << write_yaml(value));
    REQUIRE(yaml(write_yaml(value)) == value);
    REQUIRE(json(write_json(value, seed % 2 == 0 ? 2 : 0)) == value);
  }
}

TEST_CASE("strings that some reader of YAML takes for something else are quoted") {
  for (const char* text : {"yes", "No", "on", "y", "1.10", "0123", "1_000", "0b11", "12:30:45",
                           "2026-03-01", "1e3", "~", "null", "", "true", "=", "<<", ".5", "- a"}) {
    INFO(text);
    CHECK(write_yaml(Value(text)) == "'" + std::string(text) + "'\n");
  }
  for (const char* text : {"v1.10", "http://127.0.0.1:8080/a?b=c", "PROTOCOL_HTTP", "a b", "/echo"})
    CHECK(write_yaml(Value(text)) == std::string(text) + "\n");
}

TEST_CASE("YAML is block style with two spaces, literal blocks where they are exact") {
  Value v;
  v.set("name", "load test")
      .set("clients", Value().push(Value().set("rps", 10).set("labels", Value::map())));
  v.set("script", "one\n  two\n").set("cut", "a\nb").set("odd", " a\nb").set("list", Value::list());
  v.set("ratio", 1.0);
  CHECK(write_yaml(v) ==
        "name: load test\n"
        "clients:\n"
        "  - rps: 10\n"
        "    labels: {}\n"
        "script: |\n"
        "  one\n"
        "    two\n"
        "cut: |-\n"
        "  a\n"
        "  b\n"
        "odd: \" a\\nb\"\n"
        "list: []\n"
        "ratio: 1.0\n");
}

TEST_CASE("JSON is written with keys in order, numbers as short as exact") {
  Value v;
  v.set("b", 0.1).set("a", Value().push(1.0).push(1e21)).set("text", "µ\"\\\n\x01");
  CHECK(write_json(v, 0) == "{\"b\":0.1,\"a\":[1,1.0e+21],\"text\":\"µ\\\"\\\\\\n\\u0001\"}\n");
  CHECK(write_json(Value().set("a", 1)) == "{\n  \"a\": 1\n}\n");
}

TEST_CASE("JSON has no infinity, and bytes that are not UTF-8 do not break a document") {
  CHECK(write_json(Value(std::numeric_limits<double>::infinity()), 0) == "null\n");
  CHECK(json(write_json(Value("a\xff"
                              "b")))
            .string() ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(yaml(write_yaml(Value("a\xe2\x82"
                              "b")))
            .string() ==
        "a\xef\xbf\xbd"
        "b");
}

}  // namespace weft::doc
