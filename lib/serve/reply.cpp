#include "lib/serve/reply.h"

#include <algorithm>
#include <ctime>

#include "lib/base/format.h"
#include "lib/serve/json_text.h"

namespace weft::serve {
namespace {

constexpr std::uint64_t kTicksPerSecond = 50;               // of a slow body
constexpr std::string_view kUnknownStatus = "status code";  // and its number

struct StatusRow {
  int status;
  std::string_view reason;
};

// RFC 9110 15, RFC 6585; ascending.
constexpr StatusRow kStatuses[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {418, "I'm a teapot"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {511, "Network Authentication Required"},
};

}  // namespace

bool status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string_view status_reason(int status) {
  const auto row = std::ranges::lower_bound(kStatuses, status, {}, &StatusRow::status);
  return row != std::end(kStatuses) && row->status == status ? row->reason : kUnknownStatus;
}

void append_head(std::string& out, const Reply& reply, std::string_view date) {
  out += reply.old_answer ? "HTTP/1.0 " : "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(reply.status));
  out += ' ';
  const std::string_view reason = status_reason(reply.status);
  out += reason;
  if (reason == kUnknownStatus) {
    out += ' ';
    append_number(out, static_cast<std::uint64_t>(reply.status));
  }
  if (status_has_body(reply.status)) {
    if (!reply.type.empty()) {
      out += "\r\nContent-Type: ";
      out += reply.type;
    }
    if (has_chunks(reply)) {
      out += "\r\nTransfer-Encoding: chunked\r\nTrailer: ";
      out += kTrailerName;
    } else {
      out += "\r\nContent-Length: ";
      append_number(out, reply.body_size());
    }
  }
  out += "\r\nDate: ";
  out += date;
  if (!reply.keep_alive && !reply.old_answer)
    out += "\r\nConnection: close";
  else if (reply.keep_alive && reply.old_client)
    out += "\r\nConnection: keep-alive";
  out += "\r\n";
  out += reply.fields;
  out += "\r\n";
}

bool has_chunks(const Reply& reply) {
  return reply.trailers && !reply.head_only && !reply.old_client && status_has_body(reply.status);
}

std::uint64_t body_allowance(const Reply& reply, std::uint64_t sent, std::uint64_t end,
                             base::Nanoseconds passed) {
  const std::uint64_t left = end - sent;
  if (reply.rate == 0) return left;
  const double due = static_cast<double>(passed.count()) / 1e9 * static_cast<double>(reply.rate);
  const double more = due - static_cast<double>(sent);
  return more <= 0 ? 0 : std::min(left, static_cast<std::uint64_t>(more));
}

base::Nanoseconds next_body_due(const Reply& reply, std::uint64_t sent, std::uint64_t end) {
  const std::uint64_t step = std::max<std::uint64_t>(1, reply.rate / kTicksPerSecond);
  const std::uint64_t next = std::min(end, sent + step);
  const double seconds = static_cast<double>(next) / static_cast<double>(reply.rate);
  return base::Nanoseconds(static_cast<std::int64_t>(std::min(seconds, 1e6) * 1e9) + 1);
}

void append_filler(std::string& out, std::uint64_t offset, std::uint64_t size) {
  constexpr std::string_view kLine =
      "the quick brown fox jumps over the lazy dog; 0123456789 abcdefg\n";
  static_assert(kLine.size() == 64);
  while (size > 0) {
    const auto from = static_cast<std::size_t>(offset % kLine.size());
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(size, kLine.size() - from));
    out.append(kLine, from, part);
    offset += part;
    size -= part;
  }
}

std::string http_date(base::WallTime time) {
  constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = static_cast<std::time_t>(
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[utc.tm_wday], utc.tm_mday,
                     kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace weft::serve
