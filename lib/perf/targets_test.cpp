#include "lib/perf/targets.h"

#include <catch2/catch.hpp>

#include "lib/perf/data_table.h"

namespace weft::perf {
namespace {

std::vector<TargetEntry> entries_of(std::string_view text) {
  auto entries = read_targets("list", text);
  if (!entries.ok()) FAIL(entries.error().where.text() << ": " << entries.error().message);
  return *std::move(entries);
}

CompiledTargets compile(std::string_view text, const net::Url* base = nullptr,
                        const load::Values* values = nullptr) {
  auto compiled = compile_targets(entries_of(text), base,
                                  {values, {{"X-All", "yes"}}, [](const std::string& path) {
                                     return base::Result<std::string>("content of " + path);
                                   }});
  if (!compiled.ok()) FAIL(compiled.error().where.text() << ": " << compiled.error().message);
  return *std::move(compiled);
}

base::Error refusal(std::string_view text, const load::Values* values = nullptr) {
  const net::Url base{"http", "shop", 80, "/"};
  auto entries = read_targets("list", text);
  if (!entries.ok()) return entries.error();
  const auto compiled = compile_targets(*entries, &base, {values, {}, nullptr});
  REQUIRE_FALSE(compiled.ok());
  return compiled.error();
}

const net::Url kShop{"http", "shop", 80, "/start"};

TEST_CASE("the three forms of a list say the same") {
  const char* const yaml = R"(# what users do
targets:
  - url: http://shop/products?page=2
    headers: {Accept: text/html}
  - name: pay
    weight: 3
    method: PUT
    url: http://shop/pay
    body: "{\"order\": 1}"
)";
  const char* const text =
      "# what users do\nGET http://shop/products?page=2\nAccept: text/html\n\n"
      "PUT http://shop/pay\r\n@order.json\r\n";
  const char* const json =
      "{\"method\":\"GET\",\"url\":\"http://shop/products?page=2\",\"header\":{\"Accept\":[\"text/"
      "html\"]}}\n\n"
      "{\"name\":\"pay\",\"weight\":3,\"method\":\"PUT\",\"url\":\"http://shop/pay\",\"body\":"
      "\"eyJvcmRlciI6IDF9\"}\n";
  for (const char* list : {yaml, text, json}) {
    INFO(list);
    const CompiledTargets made = compile(list);
    CHECK(made.url.text() == "http://shop/products?page=2");
    REQUIRE(made.kinds.size() == 2);
    CHECK(made.kinds[0].name == "GET http://shop/products?page=2");
    CHECK(made.kinds[0].path.text() == "/products?page=2");
    REQUIRE(made.kinds[0].headers.size() == 2);
    CHECK(made.kinds[0].headers[0].second.text() == "text/html");
    CHECK(made.kinds[0].headers[1].first == "X-All");
    CHECK(made.kinds[1].method == "PUT");
    const bool has_file = list == text;
    CHECK(made.kinds[1].weight == (has_file ? 1 : 3));
    CHECK(made.kinds[1].name == (has_file ? "PUT http://shop/pay" : "pay"));
    CHECK(made.kinds[1].body.text() == (has_file ? "content of order.json" : "{\"order\": 1}"));
  }
}

TEST_CASE("paths belong to the URL beside the list, and a body alone means POST") {
  const CompiledTargets made =
      compile("targets:\n  - url: /a\n  - {url: /b, body: x, headers: {x-all: no way}}\n", &kShop);
  CHECK(made.url.text() == "http://shop/a");
  CHECK(made.kinds[1].method == "POST");
  CHECK(made.kinds[1].headers.size() == 1);
}

TEST_CASE("values in a list are compiled, and an error in one has its place in the file") {
  load::Values values;
  const CompiledTargets made = compile("GET http://shop/{{seq}}\nA: {{uuid}}\n", nullptr, &values);
  CHECK_FALSE(made.kinds[0].path.constant());
  CHECK_FALSE(made.kinds[0].headers[0].second.constant());
  CHECK(compile("GET http://shop/{{seq}}\n").kinds[0].path.constant());

  const base::Error in_path = refusal("GET /ok\n\nGET http://shop/a/{{none}}\n", &values);
  CHECK(in_path.where.text() == "list:3:19");
  const base::Error in_header = refusal("GET /ok\nName:  x {{none}}\n", &values);
  CHECK(in_header.where.text() == "list:2:10");
  const base::Error in_yaml = refusal("targets:\n  - url: /{{none}}\n", &values);
  CHECK(in_yaml.where.source == "list");
  CHECK(in_yaml.where.line == 2);
}

TEST_CASE("what is wrong with a list is said with its line") {
  const auto at = [](std::string_view text) {
    const base::Error error = refusal(text);
    CHECK(error.code == base::ExitCode::input);
    return error.where.text() + " " + error.message;
  };
  CHECK(at("") == "list there are no targets");
  CHECK(at("targets: []") == "list there are no targets");
  CHECK(at("GET /a\n\nName: value\n") == "list:3:1 a target begins with a method and a URL");
  CHECK(at("GET /a\nnonsense\n") == "list:2:1 this is neither a header nor a file");
  CHECK(at("GET /a\n@a\n@b\n") == "list:3:1 a target has one body");
  CHECK(at("G?T /a b\n").find("spaces") == std::string::npos);
  CHECK(at("GET ftp://shop/\n").starts_with("list:1:5 "));
  CHECK(at("GET /a\nGET http://other/\n")
            .starts_with("list:2:5 http://other/ is not on http://shop"));
  CHECK(at("targets:\n  - {url: /a, wieght: 2}\n").find("did you mean weight") !=
        std::string::npos);
  CHECK(at("targets:\n  - {url: /a, weight: -1}\n").find("weight") != std::string::npos);
  CHECK(at("targets:\n  - {name: x}\n").find("url is missing") != std::string::npos);
  CHECK(at("{\"url\":\"/a\"}\n{\"url\":\"/b\",\"body\":\"%\"}\n").starts_with("list:2:"));
  CHECK(at("{\"url\":\"/a\"}\n{\"url\"\n").starts_with("list:2:"));
  const auto nowhere = compile_targets(entries_of("GET /a\n"), nullptr, {});
  REQUIRE_FALSE(nowhere.ok());
  CHECK(nowhere.error().message == "/a is a path, and no URL was given");
}

TEST_CASE("tables are read from CSV, JSON lines and a list in JSON alike") {
  for (const char* text :
       {"id, name\n1,Ann\n2,\"B, \"\"b\"\"\n\"\n",
        "\xef\xbb\xbfid,name\r\n1,Ann\r\n2,\"B, \"\"b\"\"\n\"",
        "{\"id\":1,\"name\":\"Ann\"}\n\n{\"name\":\"B, \\\"b\\\"\\n\",\"id\":2}\n",
        "[{\"id\":1,\"name\":\"Ann\"},{\"id\":2,\"name\":\"B, \\\"b\\\"\\n\"}]"}) {
    INFO(text);
    const auto table = read_table("users", "users.csv", text);
    REQUIRE(table.ok());
    REQUIRE(table->columns.size() == 2);
    CHECK(table->columns[0].name == "id");
    CHECK(table->columns[0].cells == std::vector<std::string>{"1", "2"});
    CHECK(table->columns[1].cells == std::vector<std::string>{"Ann", "B, \"b\"\n"});
  }
  const auto kinds = read_table("t", "t", "{\"a\":null,\"b\":true,\"c\":1.5,\"d\":{\"e\":[1]}}");
  REQUIRE(kinds.ok());
  CHECK(kinds->columns[0].cells[0].empty());
  CHECK(kinds->columns[3].cells[0] == "{\"e\":[1]}");
}

TEST_CASE("what is wrong with a table is said with its line") {
  const auto at = [](std::string_view text) {
    const auto table = read_table("t", "t.csv", text);
    REQUIRE_FALSE(table.ok());
    return table.error().where.text() + " " + table.error().message;
  };
  CHECK(at("") == "t.csv:1 a column has no name");
  CHECK(at("a,b\n") == "t.csv there are no rows");
  CHECK(at("a,a\n1,2\n") == "t.csv:1 two columns are called \"a\"");
  CHECK(at("a,b\n\"x\ny\",1\n1,2,3\n") == "t.csv:4 the line has 3 cells, the first line names 2");
  CHECK(at("a\n\"x\n") == "t.csv:2 the quote of a cell is not closed");
  CHECK(at("a\n\"x\"y\n") == "t.csv:2 text follows the closing quote of a cell");
  CHECK(at("{\"a\":1}\n{\"b\":1}") == "t.csv:2 the row has no \"a\"");
  CHECK(at("{\"a\":1}\n{").starts_with("t.csv:2"));
  CHECK(at("[1]").starts_with("t.csv:1 a row must be an object"));
}

}  // namespace
}  // namespace weft::perf
