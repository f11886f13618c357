#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/retry.h"

namespace weft::rules {
namespace {

// "/pkg.Service/WatchOrders": gRPC has no other sign of a stream in its path than the usual names.
bool names_a_stream(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || path.substr(0, slash).find('.') == std::string_view::npos)
    return false;
  const std::string_view method = path.substr(slash + 1);
  return method.starts_with("Watch") || method.starts_with("Subscribe") ||
         method.starts_with("Stream") || method.ends_with("Stream");
}

const Value* value_of(const Value* match) {
  for (const char* how : {"exact", "prefix", "regex"})
    if (const Value* value = get(match, how)) return value;
  return nullptr;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const Value& rule : routes(*vs, "http")) {
      const Value* timeout = get(&rule, "timeout");
      if (milliseconds(timeout).value_or(0) <= 0) continue;
      for (const Value& match : items(get(&rule, "match"))) {
        const Value* accepted = value_of(get(&match, "headers", "accept"));
        const Value* path = value_of(get(&match, "uri"));
        const bool is_events = text(accepted).find("text/event-stream") != std::string_view::npos;
        if (!is_events && !names_a_stream(text(path))) continue;
        out.add(*vs, timeout,
                fmt::format("{} answers with a stream, which ends after {}",
                            is_events ? text(accepted) : text(path), text(timeout)));
        break;
      }
    }
  }
}

}  // namespace

Rule wr017() {
  return {
      .id = "WR017",
      .slug = "stream-timeout",
      .mesh = "all",
      .category = "resiliency",
      .title = "a timeout cuts a stream",
      .why =
          "The timeout runs until the last byte of the answer. An answer that is meant to go on "
          "for hours ends with it, and the client reconnects again and again.",
      .remedy =
          "set timeout: 0s on the route of the stream, and an idle timeout on its DestinationRule",
      .check = check};
}

}  // namespace weft::rules
