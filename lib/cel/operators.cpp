#include "lib/cel/operators.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "lib/cel/address.h"
#include "lib/cel/quantity.h"
#include "lib/cel/time.h"
#include "lib/cel/url.h"

namespace weft::cel {
namespace {

std::partial_ordering compare_numbers(std::int64_t a, double b) {
  constexpr double kTwo63 = 9223372036854775808.0;
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= kTwo63) return std::partial_ordering::less;
  if (b < -kTwo63) return std::partial_ordering::greater;
  const double whole = std::trunc(b);
  if (const auto order = a <=> static_cast<std::int64_t>(whole); order != 0) return order;
  return 0.0 <=> (b - whole);
}

std::partial_ordering compare_numbers(std::uint64_t a, double b) {
  constexpr double kTwo64 = 18446744073709551616.0;
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= kTwo64) return std::partial_ordering::less;
  if (b < 0) return std::partial_ordering::greater;
  const double whole = std::trunc(b);
  if (const auto order = a <=> static_cast<std::uint64_t>(whole); order != 0) return order;
  return 0.0 <=> (b - whole);
}

std::partial_ordering compare_numbers(std::int64_t a, std::uint64_t b) {
  return a < 0 ? std::partial_ordering::less : static_cast<std::uint64_t>(a) <=> b;
}

std::partial_ordering reversed(std::partial_ordering order) { return 0 <=> order; }

std::partial_ordering compare_numbers(const Value& a, const Value& b) {
  const auto* ai = a.get<std::int64_t>();
  const auto* bi = b.get<std::int64_t>();
  if (ai != nullptr && bi != nullptr) return *ai <=> *bi;
  const auto* au = a.get<std::uint64_t>();
  const auto* bu = b.get<std::uint64_t>();
  if (au != nullptr && bu != nullptr) return *au <=> *bu;
  if (ai != nullptr)
    return bu != nullptr ? compare_numbers(*ai, *bu) : compare_numbers(*ai, b.number());
  if (au != nullptr)
    return bi != nullptr ? reversed(compare_numbers(*bi, *au)) : compare_numbers(*au, b.number());
  if (bi != nullptr) return reversed(compare_numbers(*bi, a.number()));
  if (bu != nullptr) return reversed(compare_numbers(*bu, a.number()));
  return a.number() <=> b.number();
}

bool is_unordered(const Value& list) {
  const auto* document = list.get<DocumentList>();
  return document != nullptr && document->shape != nullptr && document->shape->unordered;
}

bool has_element(Context& context, const Items& items, const Value& wanted) {
  for (std::size_t i = 0; i < items.size(); ++i)
    if (equal(context, items[i], wanted)) return true;
  return false;
}

bool equal_lists(Context& context, const Value& a, const Value& b) {
  const Items left(context, a);
  const Items right(context, b);
  if (left.size() != right.size()) return false;
  const bool unordered = is_unordered(a) || is_unordered(b);
  for (std::size_t i = 0; i < left.size(); ++i)
    if (unordered ? !has_element(context, right, left[i]) : !equal(context, left[i], right[i]))
      return false;
  return true;
}

bool equal_maps(Context& context, const Value& a, const Value& b) {
  const Entries left(context, a);
  const Entries right(context, b);
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    Value other;
    if (!right.find(left.key(i), other) || !equal(context, left.value(i), other)) return false;
  }
  return true;
}

bool equal_objects(Context& context, const Value& a, const Value& b) {
  switch (a.type()) {
    case Type::url:
      return a.object<Url>().text == b.object<Url>().text;
    case Type::ip:
      return a.object<Ip>() == b.object<Ip>();
    case Type::cidr:
      return a.object<Cidr>() == b.object<Cidr>();
    case Type::quantity:
    case Type::semver:
      return compare(a, b) == std::partial_ordering::equivalent;
    case Type::optional: {
      const Value* left = a.optional();
      const Value* right = b.optional();
      if (left == nullptr || right == nullptr) return left == right;
      return equal(context, *left, *right);
    }
    default:
      return a.get<const Object*>() == b.get<const Object*>();
  }
}

// Int is std::int64_t or std::uint64_t.
template <typename Int>
Value integers(Context& context, Op op, Int a, Int b) {
  constexpr bool kSigned = std::is_signed_v<Int>;
  Int result = 0;
  bool overflow = false;
  switch (op) {
    case Op::add:
      overflow = __builtin_add_overflow(a, b, &result);
      break;
    case Op::subtract:
      overflow = __builtin_sub_overflow(a, b, &result);
      break;
    case Op::multiply:
      overflow = __builtin_mul_overflow(a, b, &result);
      break;
    default:
      if (b == 0) return context.fail(op == Op::divide ? "division by zero" : "modulus by zero");
      if constexpr (kSigned) overflow = a == INT64_MIN && b == -1;
      if (!overflow) result = op == Op::divide ? a / b : a % b;
  }
  if (!overflow) return Value(result);
  return context.fail(kSigned ? "integer overflow" : "unsigned integer overflow");
}

Value numbers(Op op, double a, double b) {
  return op == Op::add ? a + b : op == Op::subtract ? a - b : op == Op::multiply ? a * b : a / b;
}

Value joined_text(Context& context, std::string_view a, std::string_view b) {
  if (!context.charge((a.size() + b.size()) / 10)) return context.out_of_budget();
  char* const bytes = context.arena.array<char>(a.size() + b.size());
  std::copy(a.begin(), a.end(), bytes);
  std::copy(b.begin(), b.end(), bytes + a.size());
  return std::string_view(bytes, a.size() + b.size());
}

Value joined_lists(Context& context, const Value& a, const Value& b) {
  const Items left(context, a);
  const Items right(context, b);
  const std::size_t size = left.size() + right.size();
  if (!context.charge(size)) return context.out_of_budget();
  auto* const items = context.arena.array<Value>(size);
  for (std::size_t i = 0; i < size; ++i)
    items[i] = i < left.size() ? left[i] : right[i - left.size()];
  return context.list(items, size);
}

constexpr int pair(Type a, Type b) { return static_cast<int>(a) * 256 + static_cast<int>(b); }

}  // namespace

bool equal(Context& context, const Value& a, const Value& b) {
  if (!context.charge(1)) return false;
  const Type type = a.type();
  if (is_numeric(type) && is_numeric(b.type()))
    return compare_numbers(a, b) == std::partial_ordering::equivalent;
  if (type != b.type()) return false;
  switch (type) {
    case Type::null:
      return true;
    case Type::boolean:
      return a.boolean() == b.boolean();
    case Type::string:
      return a.text() == b.text();
    case Type::bytes:
      return a.bytes() == b.bytes();
    case Type::list:
      return equal_lists(context, a, b);
    case Type::map:
      return equal_maps(context, a, b);
    case Type::duration:
    case Type::timestamp:
      return compare(a, b) == std::partial_ordering::equivalent;
    case Type::type:
      return *a.get<Type>() == *b.get<Type>();
    default:
      return equal_objects(context, a, b);
  }
}

std::optional<std::partial_ordering> compare(const Value& a, const Value& b) {
  if (is_numeric(a.type()) && is_numeric(b.type())) return compare_numbers(a, b);
  if (a.type() != b.type()) return std::nullopt;
  switch (a.type()) {
    case Type::boolean:
      return a.boolean() <=> b.boolean();
    case Type::string:
      return a.text().compare(b.text()) <=> 0;
    case Type::bytes:
      return a.bytes().compare(b.bytes()) <=> 0;
    case Type::duration:
      return a.duration() <=> b.duration();
    case Type::timestamp: {
      const Timestamp& left = a.timestamp();
      const Timestamp& right = b.timestamp();
      if (left.seconds != right.seconds) return left.seconds <=> right.seconds;
      return left.nanoseconds <=> right.nanoseconds;
    }
    case Type::quantity:
      return a.object<Quantity>().nanos <=> b.object<Quantity>().nanos;
    case Type::semver:
      return compare_versions(a.object<Semver>(), b.object<Semver>());
    default:
      return std::nullopt;
  }
}

Value arithmetic(Context& context, Op op, const Value& a, const Value& b) {
  switch (pair(a.type(), b.type())) {
    case pair(Type::integer, Type::integer):
      return integers(context, op, a.integer(), b.integer());
    case pair(Type::uinteger, Type::uinteger):
      return integers(context, op, a.uinteger(), b.uinteger());
    case pair(Type::number, Type::number):
      if (op != Op::modulo) return numbers(op, a.number(), b.number());
      break;
    case pair(Type::string, Type::string):
      if (op == Op::add) return joined_text(context, a.text(), b.text());
      break;
    case pair(Type::bytes, Type::bytes):
      if (op == Op::add) {
        const Value joined = joined_text(context, a.bytes(), b.bytes());
        return joined.is_error() ? joined : Value(Bytes{joined.text()});
      }
      break;
    case pair(Type::list, Type::list):
      if (op == Op::add) return joined_lists(context, a, b);
      break;
    default:
      if (op == Op::add || op == Op::subtract) return time_arithmetic(context, op, a, b);
  }
  return no_overload(context, op, a, b);
}

Value no_overload(Context& context, Op op, const Value& a, const Value& b) {
  constexpr std::string_view kMarks[] = {
      "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"};
  std::string message = "no such overload: ";
  message += type_name(a.type());
  message += ' ';
  message += kMarks[static_cast<int>(op) - static_cast<int>(Op::equal)];
  message += ' ';
  message += type_name(b.type());
  return context.fail(message);
}

Value negate(Context& context, const Value& value) {
  if (const auto* integer = value.get<std::int64_t>())
    return integers(context, Op::subtract, std::int64_t{0}, *integer);
  if (const auto* number = value.get<double>()) return -*number;
  return context.fail_type("-", value.type());
}

Value contained(Context& context, const Value& a, const Value& b) {
  if (b.type() == Type::list) return has_element(context, Items(context, b), a);
  if (b.type() != Type::map) return no_overload(context, Op::in, a, b);
  Value ignored;
  return Entries(context, b).find(a, ignored);
}

}  // namespace weft::cel
