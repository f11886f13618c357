#include "lib/load/template.h"

#include <catch2/catch.hpp>
#include <set>

namespace weft::load {
namespace {

Values values() {
  Values out;
  out.tables = {{"users", {{"id", {"1", "2", "3"}}, {"name", {"Ann", "B/b \"c\"", "d\r\ne"}}}}};
  out.variable = [](std::string_view name) {
    return name == "TOKEN" ? std::optional<std::string>("a b") : std::nullopt;
  };
  return out;
}

Template compiled(std::string_view text, Place place = Place::body) {
  auto made = Template::compile(text, place, values());
  if (!made.ok()) FAIL(made.error().message);
  return *std::move(made);
}

std::string of(const Template& text, std::uint64_t number = 0, std::uint64_t seed = 1) {
  Draw draw{.number = number, .time_ns = 1'234'567'890'123, .random = Random(seed)};
  std::string out;
  text.append_to(out, draw);
  return out;
}

base::Error refusal(std::string_view text, Place place = Place::body) {
  const auto made = Template::compile(text, place, values());
  REQUIRE_FALSE(made.ok());
  return made.error();
}

TEST_CASE("text without values is constant and as it was") {
  for (const char* text : {"", "plain", "{\"a\": {\"b\": 1}}", "}} {"}) {
    CHECK(compiled(text).constant());
    CHECK(compiled(text).text() == text);
    CHECK(of(Template::literal(text)) == text);
  }
  CHECK(compiled("a {{{{ b }}").text() == "a {{ b }}");
  CHECK(Template::literal("{{seq}}").constant());
}

TEST_CASE("values stand in their places and change from request to request") {
  const Template counted = compiled("/{{seq}}/{{ seq:1000 }}/");
  CHECK_FALSE(counted.constant());
  CHECK(of(counted, 0) == "/0/1000/");
  CHECK(of(counted, 41) == "/41/1041/");
  CHECK(of(compiled("{{time}} {{time:ms}} {{time:us}} {{time:ns}}")) ==
        "1234 1234567 1234567890 1234567890123");
  CHECK(compiled("{{env:TOKEN}}").text() == "a b");
  CHECK(of(compiled("{{hex:4}}{{letters:3}}")).size() == 7);
  std::set<std::string> numbers, picks;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    numbers.insert(of(compiled("{{random:-2:1}}"), 0, seed));
    picks.insert(of(compiled("{{pick: red , green}}"), 0, seed));
  }
  CHECK(numbers == std::set<std::string>{"-2", "-1", "0", "1"});
  CHECK(picks == std::set<std::string>{"green", "red"});
  CHECK(of(compiled("{{random:5:5}}")) == "5");
  CHECK_FALSE(of(compiled("{{random:-9223372036854775808:9223372036854775807}}")).empty());
}

TEST_CASE("a uuid is of version 4 and no two are alike") {
  const std::string uuid = of(compiled("{{uuid}}"));
  REQUIRE(uuid.size() == 36);
  CHECK(uuid[8] == '-');
  CHECK(uuid[14] == '4');
  CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
  const std::string two = of(compiled("{{uuid}}{{uuid}}"));
  CHECK(two.substr(0, 36) != two.substr(36));
}

TEST_CASE("the columns of one request are of one row, and rows come in turn") {
  const Template row = compiled("{{users.id}}={{users.name|base64}}");
  CHECK(of(row, 0) == "1=QW5u");
  CHECK(of(row, 1) == "2=Qi9iICJjIg==");
  CHECK(of(row, 3) == of(row, 0));
}

TEST_CASE("values are encoded for the place they stand in") {
  CHECK(of(compiled("/{{users.name}}", Place::path), 1) == "/B%2Fb%20%22c%22");
  CHECK(of(compiled("{\"n\": \"{{users.name|json}}\"}"), 1) == "{\"n\": \"B/b \\\"c\\\"\"}");
  CHECK(of(compiled("{{users.name | json}}"), 2) == "d\\u000d\\u000ae");
  CHECK(of(compiled("{{users.name}}"), 2) == "d\r\ne");
  CHECK(compiled("{{env:TOKEN}}", Place::path).text() == "a%20b");
  CHECK(refusal("{{users.name}}", Place::header).message.find("line breaks") != std::string::npos);
  CHECK(refusal("{{users.name|raw}}", Place::path).message.find("spaces") != std::string::npos);
  CHECK(refusal("a\r\nb", Place::header).where.column == 2);
  CHECK(refusal("/a b", Place::path).where.column == 3);
  CHECK(of(compiled("x {{ seq }}", Place::header)) == "x 0");
}

TEST_CASE("what is wrong with a value is named, with its place and a remedy") {
  const base::Error unknown = refusal("line\nabc {{sequence}}");
  CHECK(unknown.message == "\"{{sequence}}\" is no value: nothing is called so");
  CHECK(unknown.where.line == 2);
  CHECK(unknown.where.column == 5);
  CHECK(unknown.where.excerpt == "abc {{sequence}}");
  CHECK(unknown.remedy.find("{{seq}}") != std::string::npos);
  CHECK(refusal("{{seq").message == "a value begins with {{ and does not end");
  for (const char* bad : {"{{}}",
                          "{{:}}",
                          "{{|}}",
                          "{{.}}",
                          "{{seq:x}}",
                          "{{seq|json}}",
                          "{{uuid:1}}",
                          "{{random}}",
                          "{{random:1}}",
                          "{{random:2:1}}",
                          "{{random:a:b}}",
                          "{{hex}}",
                          "{{hex:0}}",
                          "{{letters:99999999}}",
                          "{{pick}}",
                          "{{pick:}}",
                          "{{time:h}}",
                          "{{env}}",
                          "{{env:NONE}}",
                          "{{users}}",
                          "{{users.none}}",
                          "{{orders.id}}",
                          "{{users.id|xml}}"}) {
    INFO(bad);
    CHECK(refusal(bad).where.column == 1);
    CHECK(refusal(bad).code == base::ExitCode::input);
  }
  CHECK(refusal("{{users.none}}").remedy == "it has id, name");
  CHECK(refusal("{{orders.id}}").remedy == "give it: --data orders=FILE");
}

TEST_CASE("a text of very many values is refused") {
  std::string text;
  for (std::size_t i = 0; i < Template::kMaxSegments; ++i) text += "{{seq}},";
  CHECK(refusal(text).message.find("more than") != std::string::npos);
}

}  // namespace
}  // namespace weft::load
