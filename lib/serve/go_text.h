// How programs written in Go show a request: the applications this service stands in for are, and
// what their standard library does to names, texts and numbers can be seen in their answers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/number.h"
#include "lib/net/http1_request.h"

namespace weft::serve {

inline constexpr std::string_view kGoText = "text/plain; charset=utf-8";  // what bodies look like

// "x-weft-nonce" -> "X-Weft-Nonce"; a name that is no token stays.
std::string canonical_name(std::string_view name);

bool is_field_name(std::string_view text);  // a token (RFC 9110, 5.6.2)

// The fields of a request by canonical name, values in order. Host and framing are not among them.
using GoHeader = std::map<std::string, std::vector<std::string>>;
GoHeader go_header(const net::RequestHead& head);

std::string_view go_proto(const net::RequestHead& head);  // "HTTP/1.1"

// In quotes, as encoding/json does: <, > and & escaped too, U+FFFD for bytes that are not UTF-8.
void append_go_json(std::string& out, std::string_view text);

// A header line, unless its name is none: such fields are not sent.
void append_field(std::string& fields, std::string_view name, std::string_view value);

// time.ParseDuration: "1.5s", "2h45m", "-3ms", "0"; else what it complains about.
struct GoDuration {
  base::Nanoseconds value{0};
  std::string error;
};
GoDuration parse_go_duration(std::string_view text);

// strconv.Atoi.
struct GoInteger {
  std::int64_t value = 0;
  std::string error;
};
GoInteger parse_go_integer(std::string_view text);

// path.Clean as net/http's ServeMux uses it: no ".", "..", or "//", a last slash is kept.
std::string go_clean_path(std::string_view path);

// A '%' that begins no escape.
bool has_bad_escape(std::string_view text);

// As url.Values.Get: parts of the query that cannot be understood are not there.
std::string go_query_value(std::string_view query, std::string_view name);

// What url.ParseQuery complains about first; empty: nothing.
std::string go_query_error(std::string_view query);

std::string go_quoted(std::string_view text);  // as %q

}  // namespace weft::serve
