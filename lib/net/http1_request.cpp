#include "lib/net/http1_request.h"

#include <cstring>

#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::net {
namespace {

constexpr RequestFault bad(std::string_view reason) { return {400, reason}; }

// RFC 9110 5.6.2: the characters of a method or a field name.
constexpr auto kToken = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = table[c - 32] = true;
  return table;
}();

bool is_token(std::string_view text) {
  for (const char c : text)
    if (!kToken[static_cast<unsigned char>(c)]) return false;
  return !text.empty();
}

// Visible characters only; a target is ASCII (RFC 3986).
bool is_target(std::string_view text) {
  for (const char c : text)
    if (c <= ' ' || c == 0x7f) return false;  // also rejects 0x80..0xff, where char is signed
  return !text.empty();
}

// RFC 9110 5.5: no controls but the tab. CR, LF and NUL are what header injection is made of.
bool is_field_value(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < ' ' && byte != '\t') || byte == 0x7f) return false;
  }
  return true;
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// True when the comma-separated list has that element.
bool list_has(std::string_view list, std::string_view lower_word) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (base::equal_ignoring_case(trim_blanks(list.substr(0, comma)), lower_word)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

// The fields that decide how the request is framed and answered, while they are read.
struct Framing {
  bool has_host = false;
  bool has_length = false;
  bool has_coding = false;
};

RequestFault note_length(std::string_view value, Framing& seen, RequestHead& head) {
  if (seen.has_length) return bad("more than one Content-Length");
  seen.has_length = true;
  const bool digits = value.find_first_not_of("0123456789") == std::string_view::npos;
  const auto length = digits ? base::parse_uint(value) : std::nullopt;
  if (!length) return bad("Content-Length is not a number");
  head.content_length = *length;
  return {};
}

RequestFault note_coding(std::string_view value, Framing& seen, RequestHead& head) {
  if (seen.has_coding) return bad("more than one Transfer-Encoding");
  seen.has_coding = true;
  if (!base::equal_ignoring_case(value, "chunked"))
    return {501, "the only Transfer-Encoding known here is chunked"};
  head.chunked = true;
  return {};
}

RequestFault note_host(std::string_view value, Framing& seen, RequestHead& head) {
  if (seen.has_host) return bad("more than one Host");
  seen.has_host = true;
  if (value.find_first_of(" \t/\\@,") != std::string_view::npos) return bad("Host is malformed");
  head.host = value;
  return {};
}

RequestFault note_field(const HeaderField& field, Framing& seen, RequestHead& head) {
  const auto is = [&](std::string_view name) {
    return base::equal_ignoring_case(field.name, name);
  };
  switch (field.name.size()) {
    case 4:
      if (is("host")) return note_host(field.value, seen, head);
      break;
    case 6:
      if (is("expect")) {
        if (!base::equal_ignoring_case(field.value, "100-continue"))
          return {417, "the only expectation known here is 100-continue"};
        head.expects_continue = true;
      }
      break;
    case 10:
      if (is("connection")) {
        if (list_has(field.value, "close"))
          head.keep_alive = false;
        else if (head.minor_version == 0 && list_has(field.value, "keep-alive"))
          head.keep_alive = true;
      }
      break;
    case 14:
      if (is("content-length")) return note_length(field.value, seen, head);
      break;
    case 17:
      if (is("transfer-encoding")) return note_coding(field.value, seen, head);
      break;
    default:
      break;
  }
  return {};
}

RequestFault parse_request_line(std::string_view line, RequestHead& head) {
  const auto first = line.find(' ');
  if (first == std::string_view::npos) return bad("the request line has no target");
  const auto second = line.find(' ', first + 1);
  if (second == std::string_view::npos) return bad("the request line has no version");
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (!is_token(head.method)) return bad("the method is malformed");
  if (!is_target(head.target)) return bad("the target holds a blank, a control or no character");
  if (version == "HTTP/1.1")
    head.minor_version = 1;
  else if (version == "HTTP/1.0")
    head.minor_version = 0;
  else if (version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.')
    return {505, "the versions spoken here are HTTP/1.1 and HTTP/1.0"};
  else
    return bad("the version is malformed");
  head.keep_alive = head.minor_version == 1;
  return {};
}

RequestFault parse_field(std::string_view line, HeaderField& field) {
  if (line.front() == ' ' || line.front() == '\t') return bad("a folded header line");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return bad("a header line without a colon");
  field.name = line.substr(0, colon);
  field.value = trim_blanks(line.substr(colon + 1));
  if (!is_token(field.name)) return bad("a malformed header name");
  if (!is_field_value(field.value)) return bad("a control character in a header value");
  return {};
}

RequestFault check_framing(const Framing& seen, const RequestHead& head) {
  if (seen.has_length && seen.has_coding) return bad("both Content-Length and Transfer-Encoding");
  if (seen.has_coding && head.minor_version == 0)
    return bad("Transfer-Encoding in an HTTP/1.0 request");
  if (!seen.has_host && head.minor_version == 1) return bad("no Host");
  return {};
}

// The host of an absolute target counts, whatever Host says (RFC 9112, 3.2.2).
void take_absolute_host(RequestHead& head) {
  const auto mark = head.target.find("://");
  if (mark == std::string_view::npos || head.target.find_first_of("/?") < mark) return;
  const std::string_view rest = head.target.substr(mark + 3);
  head.host = rest.substr(0, rest.find_first_of("/?"));
}

// Takes the next CRLF line off `text`.
bool take_line(std::string_view& text, std::string_view& line) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos || end == 0 || text[end - 1] != '\r') return false;
  line = text.substr(0, end - 1);
  text.remove_prefix(end + 1);
  return true;
}

}  // namespace

const HeaderField* RequestHead::find(std::string_view lower_name) const {
  for (const HeaderField& field : fields())
    if (field.name.size() == lower_name.size() && base::equal_ignoring_case(field.name, lower_name))
      return &field;
  return nullptr;
}

HeadScanner::State HeadScanner::scan(std::string_view received, std::size_t max_size) {
  while (skip_ == seen_ && skip_ < received.size() &&
         (received[skip_] == '\r' || received[skip_] == '\n')) {
    if (++skip_ > max_size) return State::too_large;
    seen_ = line_ = skip_;
  }
  if (skip_ < received.size() && !kToken[static_cast<unsigned char>(received[skip_])])
    return State::malformed;
  const std::size_t limit = skip_ + max_size;
  while (seen_ < received.size()) {
    const void* found = std::memchr(received.data() + seen_, '\n', received.size() - seen_);
    if (found == nullptr) {
      seen_ = received.size();
      break;
    }
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - received.data());
    if (at >= limit) return State::too_large;
    if (at == line_ || received[at - 1] != '\r') return State::malformed;
    seen_ = at + 1;
    if (at == line_ + 1) {
      end_ = seen_;
      return State::complete;
    }
    line_ = seen_;
  }
  return received.size() >= limit ? State::too_large : State::partial;
}

RequestFault parse_request(std::string_view text, RequestHead& head) {
  head.host = {};
  head.chunked = head.expects_continue = false;
  head.content_length = 0;
  head.field_count = 0;
  std::string_view line;
  if (!take_line(text, line)) return bad("a line does not end in CRLF");
  if (const auto fault = parse_request_line(line, head)) return fault;
  Framing seen;
  for (;;) {
    if (!take_line(text, line)) return bad("a line does not end in CRLF");
    if (line.empty()) {
      take_absolute_host(head);
      return check_framing(seen, head);
    }
    if (head.field_count == RequestHead::kMaxFields) return {431, "more than 100 header fields"};
    HeaderField& field = head.field_store[head.field_count++];
    if (const auto fault = parse_field(line, field)) return fault;
    if (const auto fault = note_field(field, seen, head)) return fault;
  }
}

}  // namespace weft::net
