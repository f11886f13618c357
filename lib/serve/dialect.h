// The sample applications that the service can stand in for. Test suites written for them read
// their answers byte by byte: bodies, their order, and where one of them says nothing.
//
//   weft          the service's own, see route.h
//   learn-layer5  the application of the SMI conformance suite, see learn_layer5.h
//   echo-basic    the backend of the Gateway API conformance suite, see echo_basic.h
//   istio         the echo of Istio's tests, which the mesh suite of the Gateway API uses, see
//                 istio_echo.h
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weft::serve {

enum class Dialect : std::uint8_t { weft, learn_layer5, echo_basic, istio };

struct DialectRow {
  Dialect dialect;
  std::string_view name;
  std::string_view meaning;
};
inline constexpr std::array<DialectRow, 4> kDialects = {{
    {Dialect::weft, "weft", "the service's own endpoints"},
    {Dialect::learn_layer5, "learn-layer5", "the application of the SMI conformance suite"},
    {Dialect::echo_basic, "echo-basic", "the backend of the Gateway API conformance suite"},
    {Dialect::istio, "istio", "the echo of Istio's tests and of the Gateway API's mesh suite"},
}};

inline std::optional<Dialect> parse_dialect(std::string_view name) {
  for (const DialectRow& row : kDialects)
    if (row.name == name) return row.dialect;
  return std::nullopt;
}

}  // namespace weft::serve
