#include "lib/cel/parse.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/cel/lexer.h"

namespace weft::cel {
namespace {

using Id = std::uint32_t;

struct Binary {
  std::string_view mark;
  int precedence;  // higher binds tighter; all associate to the left
  Op op;
};
constexpr int kUnary = 6;
constexpr Binary kBinary[] = {
    {"||", 1, Op::any_of},    {"&&", 2, Op::all_of},        {"==", 3, Op::equal},
    {"!=", 3, Op::not_equal}, {"<", 3, Op::less},           {"<=", 3, Op::less_equal},
    {">", 3, Op::greater},    {">=", 3, Op::greater_equal}, {"in", 3, Op::in},
    {"+", 4, Op::add},        {"-", 4, Op::subtract},       {"*", 5, Op::multiply},
    {"/", 5, Op::divide},     {"%", 5, Op::modulo}};

std::optional<std::uint64_t> parse_hex(std::string_view digits) {
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.data(), end, value, 16);
  return problem == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

class Parser {
 public:
  explicit Parser(std::string text) : lexer_({}) {
    tree_.text = std::move(text);
    lexer_ = Lexer(tree_.text);
  }

  base::Result<Tree> run() {
    WEFT_CHECK(advance());
    WEFT_TRY(root, expression());
    if (token_.kind != TokenKind::end) return unexpected("the end of the expression");
    tree_.root = root;
    return std::move(tree_);
  }

 private:
  base::Result<void> advance() {
    WEFT_TRY(token, lexer_.next());
    token_ = token;
    return {};
  }
  bool at(std::string_view mark) const {
    return token_.kind == TokenKind::mark && token_.text == mark;
  }
  base::Result<bool> take(std::string_view mark) {
    if (!at(mark)) return false;
    WEFT_CHECK(advance());
    return true;
  }
  base::Result<void> expect(std::string_view mark) {
    if (!at(mark)) return unexpected(mark);
    return advance();
  }
  base::Error unexpected(std::string_view wanted) const {
    return error(token_.offset,
                 token_.kind == TokenKind::end
                     ? fmt::format("the expression ends where {} is due", wanted)
                     : fmt::format("{} stands where {} is due", token_.text, wanted));
  }
  base::Error error(std::size_t offset, std::string message, std::string remedy = {}) const {
    return syntax_error(tree_.text, offset, std::move(message), std::move(remedy));
  }

  base::Result<Id> add(Op op, std::uint32_t offset, const std::vector<Id>& operands,
                       std::uint32_t detail = 0) {
    Node node{.op = op, .offset = offset, .detail = detail};
    node.first = static_cast<std::uint32_t>(tree_.operands.size());
    node.count = static_cast<std::uint32_t>(operands.size());
    for (const Id operand : operands)
      node.height =
          std::max(node.height, static_cast<std::uint16_t>(tree_.nodes[operand].height + 1));
    if (node.height > kMaxHeight) return too_deep(offset);
    tree_.operands.insert(tree_.operands.end(), operands.begin(), operands.end());
    tree_.nodes.push_back(node);
    return static_cast<Id>(tree_.nodes.size() - 1);
  }
  base::Error too_deep(std::uint32_t offset) const {
    return error(offset, fmt::format("the expression nests deeper than {} levels", kMaxHeight));
  }
  base::Result<Id> constant(std::uint32_t offset, Value value) {
    tree_.constants.push_back(value);
    return add(Op::constant, offset, {}, static_cast<std::uint32_t>(tree_.constants.size() - 1));
  }
  std::uint32_t name(std::string_view text) {
    tree_.names.push_back(tree_.arena.keep_text(text));
    return static_cast<std::uint32_t>(tree_.names.size() - 1);
  }

  base::Result<Id> expression();
  base::Result<Id> binary(int least);
  base::Result<Id> unary();
  base::Result<Id> postfix();
  base::Result<Id> selection(Id target);
  base::Result<Id> subscript(Id target);
  base::Result<Id> primary();
  base::Result<Id> literal();
  base::Result<Id> number(bool negative, std::uint32_t offset);
  base::Result<Id> list();
  base::Result<Id> map();
  base::Result<Id> element();
  base::Result<std::vector<Id>> arguments();
  std::optional<Binary> operator_here() const;

  Tree tree_;
  Lexer lexer_;
  Token token_;
  int depth_ = 0;
};

base::Result<Id> Parser::expression() {
  // Each level is a handful of calls; the tree's own height has the same limit.
  if (++depth_ > kMaxHeight) return too_deep(token_.offset);
  WEFT_TRY(condition, binary(1));
  const std::uint32_t offset = token_.offset;
  WEFT_TRY(is_conditional, take("?"));
  if (is_conditional) {
    WEFT_TRY(yes, binary(1));
    WEFT_CHECK(expect(":"));
    WEFT_TRY(no, expression());
    --depth_;
    return add(Op::conditional, offset, {condition, yes, no});
  }
  --depth_;
  return condition;
}

std::optional<Binary> Parser::operator_here() const {
  const bool is_in = token_.kind == TokenKind::name && token_.text == "in";
  if (token_.kind != TokenKind::mark && !is_in) return std::nullopt;
  const auto found = std::find_if(std::begin(kBinary), std::end(kBinary),
                                  [&](const Binary& each) { return each.mark == token_.text; });
  return found == std::end(kBinary) ? std::nullopt : std::optional(*found);
}

base::Result<Id> Parser::binary(int least) {
  WEFT_TRY(first, unary());
  Id left = first;
  for (auto found = operator_here(); found && found->precedence >= least; found = operator_here()) {
    const std::uint32_t offset = token_.offset;
    std::vector<Id> operands = {left};
    const bool is_logic = found->op == Op::all_of || found->op == Op::any_of;
    do {
      WEFT_CHECK(advance());
      WEFT_TRY(right, binary(found->precedence + 1));
      operands.push_back(right);
      // a && b && c is one node: long chains stay flat.
    } while (is_logic && at(found->mark));
    WEFT_TRY(node, add(found->op, offset, operands));
    left = node;
  }
  return left;
}

base::Result<Id> Parser::unary() {
  if (++depth_ > kMaxHeight) return too_deep(token_.offset);
  const std::uint32_t offset = token_.offset;
  WEFT_TRY(is_not, take("!"));
  WEFT_TRY(is_minus, is_not ? base::Result<bool>(false) : take("-"));
  if (is_minus && (token_.kind == TokenKind::integer || token_.kind == TokenKind::number)) {
    --depth_;
    WEFT_TRY(value, number(true, offset));
    return value;
  }
  WEFT_TRY(operand, is_not || is_minus ? unary() : postfix());
  --depth_;
  if (!is_not && !is_minus) return operand;
  return add(is_not ? Op::negation : Op::negate, offset, {operand});
}

base::Result<Id> Parser::postfix() {
  WEFT_TRY(first, primary());
  Id target = first;
  while (at(".") || at("[")) {
    WEFT_TRY(next, at(".") ? selection(target) : subscript(target));
    target = next;
  }
  return target;
}

base::Result<Id> Parser::selection(Id target) {
  WEFT_CHECK(advance());
  WEFT_TRY(is_optional, take("?"));
  if (token_.kind != TokenKind::name && token_.kind != TokenKind::quoted_name)
    return unexpected("the name of a field");
  const Token field = token_;
  WEFT_CHECK(advance());
  const std::uint32_t named = name(field.text);
  if (!at("(") || is_optional || field.kind == TokenKind::quoted_name)
    return add(is_optional ? Op::optional_select : Op::select, field.offset, {target}, named);
  WEFT_TRY(operands, arguments());
  operands.insert(operands.begin(), target);
  return add(Op::member_call, field.offset, operands, named);
}

base::Result<Id> Parser::subscript(Id target) {
  const std::uint32_t offset = token_.offset;
  WEFT_CHECK(advance());
  WEFT_TRY(is_optional, take("?"));
  WEFT_TRY(key, expression());
  WEFT_CHECK(expect("]"));
  return add(is_optional ? Op::optional_index : Op::index, offset, {target, key});
}

base::Result<std::vector<Id>> Parser::arguments() {
  std::vector<Id> operands;
  WEFT_CHECK(expect("("));
  while (!at(")")) {
    WEFT_TRY(operand, expression());
    operands.push_back(operand);
    WEFT_TRY(more, take(","));
    if (!more) break;
  }
  WEFT_CHECK(expect(")"));
  return operands;
}

base::Result<Id> Parser::primary() {
  if (token_.kind == TokenKind::mark) {
    if (at("[")) return list();
    if (at("{")) return map();
    if (at("(")) {
      WEFT_CHECK(advance());
      WEFT_TRY(inner, expression());
      WEFT_CHECK(expect(")"));
      return inner;
    }
    WEFT_TRY(is_absolute, take("."));  // .name: names here are never relative
    if (!is_absolute || token_.kind != TokenKind::name) return unexpected("a value");
  }
  if (token_.kind != TokenKind::name) return literal();
  const Token word = token_;
  if (word.text == "true" || word.text == "false" || word.text == "null") return literal();
  if (is_reserved(word.text))
    return error(word.offset, fmt::format("{} is a reserved word", word.text),
                 fmt::format("a field of this name is written __{}__", word.text));
  WEFT_CHECK(advance());
  const std::uint32_t named = name(word.text);
  if (at("{")) return error(word.offset, "messages cannot be made in validation rules");
  if (!at("(")) return add(Op::name, word.offset, {}, named);
  WEFT_TRY(operands, arguments());
  return add(Op::function, word.offset, operands, named);
}

base::Result<Id> Parser::literal() {
  const Token token = token_;
  switch (token.kind) {
    case TokenKind::name:
      WEFT_CHECK(advance());
      if (token.text == "null") return constant(token.offset, Value());
      return constant(token.offset, token.text == "true");
    case TokenKind::string:
    case TokenKind::bytes: {
      WEFT_TRY(text, string_value(tree_.text, token));
      WEFT_CHECK(advance());
      const std::string_view kept = tree_.arena.keep_text(text);
      return constant(token.offset,
                      token.kind == TokenKind::string ? Value(kept) : Value(Bytes{kept}));
    }
    case TokenKind::integer:
    case TokenKind::uinteger:
    case TokenKind::number:
      return number(false, token.offset);
    default:
      return unexpected("a value");
  }
}

base::Result<Id> Parser::number(bool negative, std::uint32_t offset) {
  const Token token = token_;
  WEFT_CHECK(advance());
  const std::string sign = negative ? "-" : "";
  const auto out_of_range = [&] {
    return error(offset, fmt::format("{}{} is out of range", sign, token.text));
  };
  if (token.kind == TokenKind::number) {
    const auto value =
        base::parse_double((token.text[0] == '.' ? "0" : "") + std::string(token.text));
    if (!value) return out_of_range();
    return constant(offset, negative ? -*value : *value);
  }
  std::string_view digits = token.text;
  if (token.kind == TokenKind::uinteger) digits.remove_suffix(1);
  std::optional<std::uint64_t> value;
  if (digits.starts_with("0x") || digits.starts_with("0X"))
    value = parse_hex(digits.substr(2));
  else
    value = base::parse_uint(digits);
  if (!value) return out_of_range();
  if (token.kind == TokenKind::uinteger) return constant(offset, *value);
  constexpr std::uint64_t kMinimum = std::uint64_t{1} << 63;
  if (*value > kMinimum || (*value == kMinimum && !negative)) return out_of_range();
  return constant(offset, static_cast<std::int64_t>(negative ? 0 - *value : *value));
}

// ?value in a list, ?key in a map.
base::Result<Id> Parser::element() {
  const std::uint32_t offset = token_.offset;
  WEFT_TRY(is_optional, take("?"));
  WEFT_TRY(value, expression());
  if (!is_optional) return value;
  return add(Op::optional_entry, offset, {value});
}

base::Result<Id> Parser::list() {
  const std::uint32_t offset = token_.offset;
  std::vector<Id> operands;
  WEFT_CHECK(advance());
  while (!at("]")) {
    WEFT_TRY(item, element());
    operands.push_back(item);
    WEFT_TRY(more, take(","));
    if (!more) break;
  }
  WEFT_CHECK(expect("]"));
  return add(Op::list, offset, operands);
}

base::Result<Id> Parser::map() {
  const std::uint32_t offset = token_.offset;
  std::vector<Id> operands;
  WEFT_CHECK(advance());
  while (!at("}")) {
    WEFT_TRY(key, element());
    WEFT_CHECK(expect(":"));
    WEFT_TRY(value, expression());
    operands.insert(operands.end(), {key, value});
    WEFT_TRY(more, take(","));
    if (!more) break;
  }
  WEFT_CHECK(expect("}"));
  return add(Op::map, offset, operands);
}

}  // namespace

base::Result<Tree> parse(std::string text) {
  if (text.size() > kMaxExpressionBytes)
    return base::Error{base::ExitCode::input,
                       fmt::format("the expression is longer than {} bytes", kMaxExpressionBytes)};
  return Parser(std::move(text)).run();
}

}  // namespace weft::cel
