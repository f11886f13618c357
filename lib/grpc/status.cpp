#include "lib/grpc/status.h"

#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::grpc {
namespace {

constexpr std::array<std::string_view, kStatusCodes> kNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

struct Unit {
  char letter;
  std::int64_t nanoseconds;
};
constexpr std::array<Unit, 6> kUnits = {{{'n', 1},
                                         {'u', 1'000},
                                         {'m', 1'000'000},
                                         {'S', 1'000'000'000},
                                         {'M', 60'000'000'000},
                                         {'H', 3'600'000'000'000}}};
constexpr std::int64_t kMostTimeout = 99'999'999;
constexpr std::size_t kMostDigits = 8;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string_view status_name(StatusCode code) { return kNames[static_cast<std::size_t>(code)]; }

std::optional<StatusCode> parse_status(std::string_view text) {
  const auto code = base::parse_uint(text);
  if (!code) return std::nullopt;
  return *code < kStatusCodes ? static_cast<StatusCode>(*code) : StatusCode::unknown;
}

std::string encode_message(std::string_view message) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (std::size_t i = 0; i < message.size(); ++i) {
    const char c = message[i];
    const bool edge = i == 0 || i + 1 == message.size();  // where HTTP/2 allows no blank
    if (c >= ' ' && c <= '~' && c != '%' && !(edge && c == ' ')) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

std::string decode_message(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string encode_timeout(base::Nanoseconds timeout) {
  const std::int64_t ns = std::max<std::int64_t>(timeout.count(), 0);
  for (const Unit& unit : kUnits) {
    const std::int64_t count = ns / unit.nanoseconds + (ns % unit.nanoseconds == 0 ? 0 : 1);
    if (count <= kMostTimeout) return fmt::format("{}{}", count, unit.letter);
  }
  return fmt::format("{}H", kMostTimeout);
}

std::optional<base::Nanoseconds> parse_timeout(std::string_view text) {
  if (text.size() < 2 || text.size() > kMostDigits + 1) return std::nullopt;
  const auto count = base::parse_uint(text.substr(0, text.size() - 1));
  const auto unit = std::ranges::find(kUnits, text.back(), &Unit::letter);
  if (!count || unit == kUnits.end()) return std::nullopt;
  const std::int64_t most = INT64_MAX / unit->nanoseconds;
  return base::Nanoseconds(std::min(static_cast<std::int64_t>(*count), most) * unit->nanoseconds);
}

bool is_grpc(std::string_view content_type) {
  constexpr std::string_view kType = "application/grpc";
  if (!base::equal_ignoring_case(content_type.substr(0, kType.size()), kType)) return false;
  content_type.remove_prefix(kType.size());
  return content_type.empty() || content_type[0] == '+' || content_type[0] == ';' ||
         content_type[0] == ' ';
}

}  // namespace weft::grpc
