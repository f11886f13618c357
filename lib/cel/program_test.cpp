#include "lib/cel/program.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/cel/number_text.h"
#include "lib/cel/quantity.h"
#include "lib/cel/string_format.h"
#include "lib/cel/time.h"
#include "lib/doc/read.h"
#include "lib/testkit/paths.h"

namespace weft::cel {
namespace {

constexpr Variable kSelf[] = {{"self"}};

// As the table of expressions writes results: strings quoted, 1u, 1.0, [..], {k: v}.
std::string show(Context& c, const Value& value) {
  switch (value.type()) {
    case Type::null:
      return "null";
    case Type::boolean:
      return value.boolean() ? "true" : "false";
    case Type::integer:
      return fmt::format("{}", value.integer());
    case Type::uinteger:
      return fmt::format("{}u", value.uinteger());
    case Type::number: {
      const std::string text = number_text(value.number());
      return text.find_first_of(".eIN") == std::string::npos ? text + ".0" : text;
    }
    case Type::string:
      return quoted(value.text());
    case Type::bytes:
      return "b" + quoted(value.bytes());
    case Type::duration:
      return fmt::format("duration {}", duration_text(value.duration()));
    case Type::timestamp:
      return fmt::format("timestamp {}", timestamp_text(value.timestamp()));
    case Type::optional:
      return value.optional() == nullptr ? "none" : "some " + show(c, *value.optional());
    case Type::type:
      return std::string(type_name(*value.get<Type>()));
    case Type::error:
      return "error: " + std::string(value.failure().message);
    case Type::list: {
      const Items items(c, value);
      std::string out = "[";
      for (std::size_t i = 0; i < items.size(); ++i) out += (i > 0 ? ", " : "") + show(c, items[i]);
      return out + "]";
    }
    case Type::map: {
      const Entries entries(c, value);
      std::string out = "{";
      for (std::size_t i = 0; i < entries.size(); ++i)
        out += (i > 0 ? ", " : "") + show(c, entries.key(i)) + ": " + show(c, entries.value(i));
      return out + "}";
    }
    default:
      return fmt::format("<{}>", type_name(value.type()));
  }
}

std::string evaluated(const std::string& expression, const doc::Value& self) {
  const auto program = Program::compile(expression, kSelf);
  if (!program.ok()) return "refused: " + program.error().message;
  Evaluator evaluator;
  Context context;
  context.begin(Evaluator::kDefaultBudget);
  return show(context, evaluator.run(*program, {{{&self}}}));
}

TEST_CASE("every expression of the table has the value that stands beside it") {
  const auto table = base::read_file(testkit::testdata("cel/expressions.txt"));
  REQUIRE(table.ok());
  doc::Document self;
  int checked = 0;
  for (const auto line : base::split(*table, '\n')) {
    constexpr std::string_view kInput = "self: ";
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with(kInput)) {
      auto document = doc::read_json(doc::Source("self", std::string(line.substr(kInput.size()))));
      REQUIRE(document.ok());
      self = std::move(*document);
      continue;
    }
    const std::size_t arrow = line.find("  =>  ");
    INFO(std::string(line));
    REQUIRE(arrow != std::string_view::npos);
    const std::string_view wanted = line.substr(arrow + 6);
    const std::string found = evaluated(std::string(line.substr(0, arrow)), self.root);
    const bool is_failure = wanted.starts_with("error: ") || wanted.starts_with("refused: ");
    if (is_failure)
      CHECK_THAT(found, Catch::StartsWith(std::string(wanted)));
    else
      CHECK(found == std::string(wanted));
    ++checked;
  }
  CHECK(checked > 300);
}

TEST_CASE("a mistake in an expression is refused at its line and column") {
  const auto bad = Program::compile("self.a == 1 &&\n  self.b = 2", kSelf);
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().where.line == 2);
  CHECK(bad.error().where.column == 10);
  CHECK(bad.error().where.excerpt == "  self.b = 2");
}

TEST_CASE("a failure says where in the expression it happened") {
  const doc::Value self = doc::Value::map();
  const auto program = Program::compile("true && self.missing > 1", kSelf);
  REQUIRE(program.ok());
  Evaluator evaluator;
  const Value result = evaluator.run(*program, {{{&self}}});
  REQUIRE(result.is_error());
  CHECK(result.failure().message == "no such key: missing");
  CHECK(result.failure().offset == 13);
}

TEST_CASE("shapes decide types, defaults and which fields there are") {
  Shape number{.type = Type::number};
  Shape time{.type = Type::timestamp};
  Shape text{.type = Type::string};
  const doc::Value fallback("Exact");
  Shape self{.type = Type::map, .closed = true};
  self.fields = {{"at", &time, nullptr}, {"kind", &text, &fallback}, {"share", &number, nullptr}};
  const Variable variables[] = {{"self", &self}};
  const auto value = doc::read_json(
      doc::Source("v", R"({"share": 1, "at": "2026-03-01T12:00:00Z", "kind": null})"));
  REQUIRE(value.ok());
  const auto holds = [&](const std::string& expression) {
    const auto program = Program::compile(expression, variables);
    if (!program.ok()) return program.error().message;
    Evaluator evaluator;
    Context context;
    context.begin(Evaluator::kDefaultBudget);
    return show(context, evaluator.run(*program, {{{&value->root, &self}}}));
  };
  CHECK(holds("self.share / 2.0") == "0.5");
  CHECK(holds("self.at + duration('1h')") == "timestamp 2026-03-01T13:00:00Z");
  CHECK(holds("has(self.kind) && self.kind == 'Exact'") == "true");
  CHECK(holds("self.knd == 'Exact'") == "undefined field knd (did you mean kind?)");
  CHECK(holds("self.kind + 1") == "no such overload: this operator of a string and a int");
  CHECK(holds("self.kind == 1") == "nothing compares a string and a int");
  CHECK(holds("self.kind.startsWith(1)") == "no such overload: startsWith(string, int)");
}

TEST_CASE("a costly expression is stopped, and nothing absorbs that") {
  doc::Value self;
  for (int i = 0; i < 300; ++i) self.push(i);
  const auto program =
      Program::compile("self.all(a, self.all(b, self.all(c, a + b + c >= 0))) || true", kSelf);
  REQUIRE(program.ok());
  Evaluator evaluator;
  const Value result = evaluator.run(*program, {{{&self}}});
  REQUIRE(result.is_error());
  CHECK_THAT(std::string(result.failure().message), Catch::Contains("costs more than its limit"));
}

TEST_CASE("nesting and length of expressions are bounded") {
  const auto refusal = [](const std::string& expression) {
    const auto program = Program::compile(expression, kSelf);
    REQUIRE_FALSE(program.ok());
    return program.error().message;
  };
  CHECK_THAT(refusal(std::string(5000, '(') + "1" + std::string(5000, ')')),
             Catch::Contains("nests deeper"));
  CHECK_THAT(refusal(std::string(5000, '!') + "true"), Catch::Contains("nests deeper"));
  CHECK_THAT(refusal(std::string(5000, '[')), Catch::Contains("nests deeper"));
  std::string sum = "1";
  for (int i = 0; i < 5000; ++i) sum += "+1";
  CHECK_THAT(refusal(sum), Catch::Contains("nests deeper"));
  CHECK_THAT(refusal(std::string(100'000, ' ')), Catch::Contains("longer than"));
  std::string any = "false";
  for (int i = 0; i < 5000; ++i) any += "||self";
  CHECK(Program::compile(any, kSelf).ok());
}

TEST_CASE("a program knows which variables it reads") {
  constexpr Variable kBoth[] = {{"self"}, {"oldSelf"}};
  CHECK(Program::compile("self == oldSelf", kBoth)->uses(1));
  CHECK_FALSE(Program::compile("self.all(oldSelf, oldSelf > 1)", kBoth)->uses(1));
  CHECK(Program::compile("self == 1", kBoth)->result_type() == Type::boolean);
}

}  // namespace
}  // namespace weft::cel
