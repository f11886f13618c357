#include "lib/load/template.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::load {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::string_view kOpen = "{{", kClose = "}}";
constexpr std::uint64_t kMaxCharacters = 1 << 20;  // of one random text
constexpr std::string_view kHexDigits = "0123456789abcdef";

constexpr std::string_view kRemedy =
    "write {{seq}}, {{uuid}}, {{random:1:100}}, {{hex:16}}, {{letters:8}}, {{pick:a,b}}, {{time}}, "
    "{{env:NAME}} or {{TABLE.COLUMN}}; {{{{ stands for {{ itself";

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// What may stand between the quotes of a JSON string (RFC 8259, 7).
std::string json_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out.append({'\\', c});
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

struct Filter {
  std::string_view name;
  std::string (*apply)(std::string_view);
};

constexpr std::array<Filter, 4> kFilters = {{
    {"url", percent_encode},
    {"json", json_escape},
    {"base64", base::base64_encode},
    {"raw", [](std::string_view text) { return std::string(text); }},
}};

const Filter* find_filter(std::string_view name) {
  const auto found =
      std::ranges::find_if(kFilters, [&](const Filter& filter) { return filter.name == name; });
  return found == kFilters.end() ? nullptr : found;
}

struct Unit {
  std::string_view name;
  std::uint64_t ns;
};

constexpr std::array<Unit, 4> kUnits = {{
    {"s", 1'000'000'000},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
}};

// Where `text` holds what would break out of its place; its size when nothing does.
std::size_t first_unfit(std::string_view text, Place place) {
  const auto unfit = [place](char c) {
    if (place == Place::path) return c <= ' ' || c == '\x7f';
    return place == Place::header && (c == '\r' || c == '\n' || c == '\0');
  };
  return static_cast<std::size_t>(std::ranges::find_if(text, unfit) - text.begin());
}

std::string unfit_text(Place place) {
  return place == Place::path ? "a path holds no spaces and only ASCII"
                              : "a header holds no line breaks";
}

base::Where where(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = static_cast<std::uint32_t>(std::ranges::count(before, '\n'));
  const std::size_t start = line == 0 ? 0 : before.rfind('\n') + 1;
  const std::string_view excerpt = text.substr(start, text.find('\n', start) - start);
  return {.source = "",
          .line = line + 1,
          .column = static_cast<std::uint32_t>(offset - start) + 1,
          .excerpt = excerpt.size() <= 200 ? std::string(excerpt) : ""};
}

void append_random(std::string& out, std::uint64_t count, std::string_view alphabet,
                   Random& random) {
  for (std::uint64_t i = 0; i < count; ++i) out += alphabet[random.below(alphabet.size())];
}

void append_uuid(std::string& out, Random& random) {
  std::uint64_t high = random.next(), low = random.next();
  high = (high & ~std::uint64_t{0xf000}) | 0x4000;
  low = (low & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) out += '-';
    std::uint64_t& half = digit < 16 ? high : low;
    out += kHexDigits[half >> 60];
    half <<= 4;
  }
}

}  // namespace

// What stands between the braces, taken apart: name:arguments|filter.
struct Template::Call {
  std::string_view whole;  // with the braces
  std::string_view name, arguments;
  bool has_arguments = false;
  std::string_view filter;

  explicit Call(std::string_view text) : whole(text) {
    std::string_view inside = text.substr(2, text.size() - 4);
    if (const auto bar = inside.rfind('|'); bar != std::string_view::npos) {
      filter = base::trim(inside.substr(bar + 1));
      inside = inside.substr(0, bar);
    }
    const auto colon = inside.find(':');
    has_arguments = colon != std::string_view::npos;
    name = base::trim(inside.substr(0, colon));
    if (has_arguments) arguments = base::trim(inside.substr(colon + 1));
  }

  Error error(std::string_view why, std::string_view remedy = kRemedy) const {
    return {ExitCode::input, fmt::format("\"{}\" is no value: {}", whole.substr(0, 100), why),
            std::string(remedy)};
  }
};

Template Template::literal(std::string_view text) {
  Template made;
  made.append(text);
  return made;
}

Template& Template::append(std::string_view text) {
  if (text.empty()) return *this;
  if (segments_.empty() || segments_.back().kind != Kind::literal) segments_.emplace_back();
  segments_.back().text += text;
  return *this;
}

Template& Template::append(const Template& other) {
  for (const Segment& segment : other.segments_) {
    if (segment.kind == Kind::literal)
      append(segment.text);
    else
      segments_.push_back(segment);
  }
  return *this;
}

bool Template::constant() const {
  return segments_.empty() || (segments_.size() == 1 && segments_[0].kind == Kind::literal);
}

std::string_view Template::text() const {
  return segments_.empty() ? std::string_view() : segments_[0].text;
}

Result<Template> Template::compile(std::string_view text, Place place, const Values& values) {
  Template made;
  const auto at = [&](Error error, std::size_t offset) {
    return std::move(error).at(where(text, offset));
  };
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t open = std::min(text.find(kOpen, start), text.size());
    const std::string_view plain = text.substr(start, open - start);
    if (const std::size_t foreign = first_unfit(plain, place); foreign < plain.size())
      return at({ExitCode::input, unfit_text(place), "encode it"}, start + foreign);
    made.append(plain);
    if (open == text.size()) break;
    if (text.substr(open + kOpen.size()).starts_with(kOpen)) {
      made.append(kOpen);
      start = open + 2 * kOpen.size();
      continue;
    }
    const std::size_t close = text.find(kClose, open);
    if (close == std::string_view::npos)
      return at({ExitCode::input, "a value begins with {{ and does not end",
                 "close it with }}; {{{{ stands for {{ itself"},
                open);
    start = close + kClose.size();
    auto segment = compile_call(Call(text.substr(open, start - open)), place, values);
    if (!segment.ok()) return at(std::move(segment).error(), open);
    if (segment->kind == Kind::literal)
      made.append(segment->text);
    else
      made.segments_.push_back(*std::move(segment));
    if (made.segments_.size() > kMaxSegments)
      return at({ExitCode::input, fmt::format("there are more than {} values", kMaxSegments / 2)},
                open);
  }
  return made;
}

Result<Template::Segment> Template::compile_call(const Call& call, Place place,
                                                 const Values& values) {
  const auto number = [&](std::string_view text) { return base::parse_uint(text); };
  if (call.name == "env" || call.name == "pick" || call.name.find('.') != std::string_view::npos)
    return compile_lookup(call, place, values);
  if (!call.filter.empty()) return call.error("it needs no filter");
  Segment made;
  if (call.name == "seq") {
    const auto from = call.has_arguments ? number(call.arguments) : 0;
    if (!from) return call.error("seq begins with a whole number");
    return Segment{Kind::sequence, "", *from, 0, nullptr};
  }
  if (call.name == "time") {
    const auto unit = std::ranges::find_if(kUnits, [&](const Unit& one) {
      return one.name == (call.has_arguments ? call.arguments : "s");
    });
    if (unit == kUnits.end()) return call.error("time counts in s, ms, us or ns");
    return Segment{Kind::time, "", 0, unit->ns, nullptr};
  }
  if (call.name == "random") {
    const auto colon = call.arguments.find(':');
    const auto from = base::parse_int(call.arguments.substr(0, colon));
    const auto to = colon == std::string_view::npos
                        ? std::nullopt
                        : base::parse_int(call.arguments.substr(colon + 1));
    if (!from || !to || *from > *to) return call.error("random needs two bounds, as in random:1:6");
    const auto span = static_cast<std::uint64_t>(*to) - static_cast<std::uint64_t>(*from) + 1;
    return Segment{Kind::number, "", static_cast<std::uint64_t>(*from), span, nullptr};
  }
  if (call.name == "hex" || call.name == "letters") {
    const auto count = number(call.arguments);
    if (!count || *count == 0 || *count > kMaxCharacters)
      return call.error(fmt::format("{} needs how many, 1 to {}", call.name, kMaxCharacters));
    return Segment{call.name == "hex" ? Kind::hex : Kind::letters, "", 0, *count, nullptr};
  }
  if (call.name != "uuid") return call.error("nothing is called so");
  if (call.has_arguments) return call.error("uuid takes nothing");
  return Segment{Kind::uuid, "", 0, 0, nullptr};
}

// What is looked up once: its choices are filtered here, not for every request.
Result<Template::Segment> Template::compile_lookup(const Call& call, Place place,
                                                   const Values& values) {
  const Filter* filter = find_filter(!call.filter.empty()   ? call.filter
                                     : place == Place::path ? "url"
                                                            : "raw");
  if (filter == nullptr) return call.error("a filter is json, url, base64 or raw");
  std::vector<std::string> choices;
  Segment made;
  if (call.name == "env") {
    const auto value = values.variable ? values.variable(call.arguments) : std::nullopt;
    if (!value)
      return call.error("the environment has no such variable",
                        fmt::format("set it: export {}=...", call.arguments));
    choices = {*value};
  } else if (call.name == "pick") {
    made.kind = Kind::pick;
    for (const std::string_view choice : base::split(call.arguments, ','))
      choices.emplace_back(base::trim(choice));
    if (call.arguments.empty()) return call.error("pick needs what to pick from, as in pick:a,b");
  } else {
    made.kind = Kind::cell;
    const auto dot = call.name.find('.');
    const auto table = std::ranges::find(values.tables, call.name.substr(0, dot), &Table::name);
    if (table == values.tables.end())
      return call.error(fmt::format("there is no table {}", call.name.substr(0, dot)),
                        fmt::format("give it: --data {}=FILE", call.name.substr(0, dot)));
    const auto column =
        std::ranges::find(table->columns, call.name.substr(dot + 1), &Table::Column::name);
    if (column == table->columns.end()) {
      std::vector<std::string> names;
      for (const auto& one : table->columns) names.push_back(one.name);
      return call.error(fmt::format("table {} has no such column", table->name),
                        fmt::format("it has {}", base::join(names, ", ")));
    }
    choices = column->cells;
  }
  for (std::size_t i = 0; i < choices.size(); ++i) {
    choices[i] = filter->apply(choices[i]);
    if (first_unfit(choices[i], place) < choices[i].size())
      return call.error(fmt::format("its value {} does not fit: {}", i + 1, unfit_text(place)),
                        "let the filter url or base64 encode it");
  }
  if (made.kind == Kind::literal) {
    made.text = std::move(choices[0]);
    return made;
  }
  made.choices = std::make_shared<const std::vector<std::string>>(std::move(choices));
  return made;
}

void Template::append_to(std::string& out, Draw& draw) const {
  const auto append_number = [&out](auto value) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  };
  for (const Segment& segment : segments_) {
    switch (segment.kind) {
      case Kind::literal:
        out += segment.text;
        break;
      case Kind::sequence:
        append_number(segment.from + draw.number);
        break;
      case Kind::uuid:
        append_uuid(out, draw.random);
        break;
      case Kind::number:
        append_number(static_cast<std::int64_t>(segment.from + draw.random.below(segment.span)));
        break;
      case Kind::hex:
        append_random(out, segment.span, kHexDigits, draw.random);
        break;
      case Kind::letters:
        append_random(out, segment.span, "abcdefghijklmnopqrstuvwxyz", draw.random);
        break;
      case Kind::pick:
        out += (*segment.choices)[draw.random.below(segment.choices->size())];
        break;
      case Kind::time:
        append_number(draw.time_ns / segment.span);
        break;
      case Kind::cell:
        out += (*segment.choices)[draw.number % segment.choices->size()];
        break;
    }
  }
}

}  // namespace weft::load
