// Named formats: format.dns1123Label().validate("a.b") gives the complaints, or none.
#include <algorithm>
#include <iterator>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/cel/function.h"
#include "lib/cel/time.h"
#include "lib/cel/url.h"

namespace weft::cel {
namespace {

struct Format : Object {
  std::string_view name;
  std::string_view pattern;  // empty: `valid` alone decides
  std::size_t most = 0;      // bytes; 0 is no limit
  bool (*valid)(std::string_view) = nullptr;
  std::string_view rule;  // what a text must be
};

bool is_uri(std::string_view text) { return parse_url(text).has_value(); }
bool is_base64(std::string_view text) { return base::base64_decode(text).has_value(); }
bool is_date(std::string_view text) { return text.size() == 10 && parse_timestamp(text); }
bool is_datetime(std::string_view text) { return text.size() > 10 && parse_timestamp(text); }

#define WEFT_LABEL "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
#define WEFT_QUALIFIED "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

constexpr std::string_view kLabelRule =
    "must be lower case letters, digits and -, and begin and end with a letter or digit";
constexpr std::string_view kSubdomainRule =
    "must be lower case letters, digits, - and ., and each part begin and end with a letter or "
    "digit";
constexpr std::string_view k1035Rule =
    "must be lower case letters, digits and -, begin with a letter and end with a letter or digit";
constexpr std::string_view kQualifiedRule =
    "must be letters, digits, -, _ and ., begin and end with a letter or digit, and may have a DNS "
    "prefix before a /";

constexpr Format kFormats[] = {
    {{Type::format}, "dns1123Label", "^" WEFT_LABEL "$", 63, nullptr, kLabelRule},
    {{Type::format},
     "dns1123Subdomain",
     "^" WEFT_LABEL "(\\." WEFT_LABEL ")*$",
     253,
     nullptr,
     kSubdomainRule},
    {{Type::format}, "dns1035Label", "^[a-z]([-a-z0-9]*[a-z0-9])?$", 63, nullptr, k1035Rule},
    {{Type::format}, "dns1123LabelPrefix", "^" WEFT_LABEL "-?$", 63, nullptr, kLabelRule},
    {{Type::format},
     "dns1123SubdomainPrefix",
     "^" WEFT_LABEL "(\\." WEFT_LABEL ")*[-.]?$",
     253,
     nullptr,
     kSubdomainRule},
    {{Type::format},
     "dns1035LabelPrefix",
     "^[a-z]([-a-z0-9]*[a-z0-9])?-?$",
     63,
     nullptr,
     k1035Rule},
    {{Type::format},
     "qualifiedName",
     "^(" WEFT_LABEL "(\\." WEFT_LABEL ")*/)?" WEFT_QUALIFIED "$",
     317,
     nullptr,
     kQualifiedRule},
    {{Type::format},
     "labelValue",
     "^(" WEFT_QUALIFIED ")?$",
     63,
     nullptr,
     "must be empty, or letters, digits, -, _ and ., and begin and end with a letter or digit"},
    {{Type::format},
     "uuid",
     "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$",
     0,
     nullptr,
     "must be a UUID"},
    {{Type::format}, "uri", "", 0, is_uri, "must be a URI"},
    {{Type::format}, "byte", "", 0, is_base64, "must be base64"},
    {{Type::format}, "date", "", 0, is_date, "must be a date such as 2026-03-01"},
    {{Type::format}, "datetime", "", 0, is_datetime, "must be a time such as 2026-03-01T12:00:00Z"},
};

#undef WEFT_LABEL
#undef WEFT_QUALIFIED

const Format* find_format(std::string_view name) {
  const auto at = std::find_if(std::begin(kFormats), std::end(kFormats),
                               [&](const Format& each) { return each.name == name; });
  return at == std::end(kFormats) ? nullptr : &*at;
}

template <std::size_t index>
Value constant_format(Context&, const Value*) {
  return static_cast<const Object*>(&kFormats[index]);
}

Value named(Context& c, const Value* a) {
  const Format* format = find_format(a->text());
  return format == nullptr ? c.none() : c.some(static_cast<const Object*>(format));
}

Value validate(Context& c, const Value* a) {
  const auto& format = a[0].object<Format>();
  const std::string_view text = a[1].text();
  std::string complaints[2];
  std::size_t count = 0;
  if (format.most > 0 && text.size() > format.most)
    complaints[count++] = fmt::format("must be no more than {} characters", format.most);
  bool valid = format.valid == nullptr || format.valid(text);
  if (!format.pattern.empty()) {
    Value failure;
    const auto* pattern = c.pattern(format.pattern, failure);
    if (pattern == nullptr || !c.charge(text.size() / 10)) return c.out_of_budget();
    valid = pattern->found_in(text);
  }
  if (!valid) complaints[count++] = format.rule;
  if (count == 0) return c.none();
  auto* const items = c.arena.array<Value>(count);
  for (std::size_t i = 0; i < count; ++i) items[i] = c.arena.keep_text(complaints[i]);
  return c.some(c.list(items, count));
}

constexpr Type kFormat = Type::format;

constexpr Overload kFunctions[] = {
    {"format.dns1123Label", Style::global, "", kFormat, constant_format<0>},
    {"format.dns1123Subdomain", Style::global, "", kFormat, constant_format<1>},
    {"format.dns1035Label", Style::global, "", kFormat, constant_format<2>},
    {"format.dns1123LabelPrefix", Style::global, "", kFormat, constant_format<3>},
    {"format.dns1123SubdomainPrefix", Style::global, "", kFormat, constant_format<4>},
    {"format.dns1035LabelPrefix", Style::global, "", kFormat, constant_format<5>},
    {"format.qualifiedName", Style::global, "", kFormat, constant_format<6>},
    {"format.labelValue", Style::global, "", kFormat, constant_format<7>},
    {"format.uuid", Style::global, "", kFormat, constant_format<8>},
    {"format.uri", Style::global, "", kFormat, constant_format<9>},
    {"format.byte", Style::global, "", kFormat, constant_format<10>},
    {"format.date", Style::global, "", kFormat, constant_format<11>},
    {"format.datetime", Style::global, "", kFormat, constant_format<12>},
    {"format.named", Style::global, "s", Type::optional, named},
    {"validate", Style::member, "Fs", Type::optional, validate},
};

}  // namespace

std::span<const Overload> format_functions() { return kFunctions; }

}  // namespace weft::cel
