#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kUnbounded[] = {
    "request.path", "request.url_path", "request.query", "request.id",    "request.referer",
    "request.time", "source.port",      "x-request-id",  "authorization", "cookie",
    "traceparent",  "x-forwarded-for",  "connection.id"};

// A condition maps what it looks at to the values that it names.
bool is_condition(std::string_view expression) {
  return expression.find('?') != std::string_view::npos ||
         expression.find("==") != std::string_view::npos;
}

void check_tags(const Resource& telemetry, const Value& override_, Report& out) {
  for (const Member& tag : members(get(&override_, "tagOverrides"))) {
    const Value* value = get(&tag.value, "value");
    if (value == nullptr || text(get(&tag.value, "operation")) == "REMOVE" ||
        is_condition(text(value)))
      continue;
    for (std::string_view source : kUnbounded) {
      if (text(value).find(source) == std::string_view::npos) continue;
      out.add(telemetry, value,
              fmt::format("the tag {} has a new value for nearly every request", tag.key))
          .with("tag", tag.key);
      break;
    }
  }
}

void check(const Inventory& in, Report& out) {
  for (const Resource* telemetry : in.all(kinds::telemetry))
    for (const Value& metrics : items(get(telemetry->spec, "metrics")))
      for (const Value& override_ : items(get(&metrics, "overrides")))
        check_tags(*telemetry, override_, out);
}

}  // namespace

Rule wp011() {
  return {.id = "WP011",
          .slug = "unbounded-tag",
          .mesh = "Istio",
          .category = "performance",
          .title = "a metric tag with values without end",
          .why =
              "Every value makes a new time series in each proxy and in Prometheus. A path or an "
              "id makes one per request, until memory runs out.",
          .remedy =
              "drop the tag, or reduce it to a few values: request.url_path.startsWith(\"/api\") ? "
              "\"api\" : \"other\"",
          .check = check};
}

}  // namespace weft::rules
