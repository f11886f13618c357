#include "lib/serve/request.h"

#include "lib/base/text.h"

namespace weft::serve {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Target split_target(std::string_view target) {
  if (!target.starts_with('/')) {  // absolute form, as proxies get it
    const auto authority = target.find("://");
    if (authority != std::string_view::npos) {
      const auto path = target.find_first_of("/?", authority + 3);
      target = path == std::string_view::npos ? "/" : target.substr(path);
    }
  }
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}};
  return {mark == 0 ? "/" : target.substr(0, mark), target.substr(mark + 1)};
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                        hex_value(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  for (const std::string_view part : base::split(query, '&')) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos || part.substr(0, equals) != name) continue;
    return percent_decode(part.substr(equals + 1), true);
  }
  return std::nullopt;
}

std::string request_nonce(const net::RequestHead& head, std::string_view query) {
  std::string nonce;
  if (const auto* field = head.find("x-weft-nonce"))
    nonce = field->value;
  else if (!query.empty())
    nonce = query_value(query, "nonce").value_or("");
  return nonce.size() <= kMaxNonce ? nonce : "";
}

}  // namespace weft::serve
