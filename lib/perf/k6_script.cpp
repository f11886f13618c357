#include "lib/perf/k6_script.h"

#include <cmath>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"

namespace weft::perf {
namespace {

std::string milliseconds(base::Nanoseconds length) {
  return fmt::format("{}ms", std::chrono::duration_cast<std::chrono::milliseconds>(length).count());
}

doc::Value scenario_of(const load::Plan& plan) {
  const std::string length = milliseconds(plan.duration.value_or(std::chrono::hours(1)));
  doc::Value scenario;
  if (plan.qps) {  // k6 takes whole numbers: requests in a thousand seconds
    scenario.set("executor", "constant-arrival-rate")
        .set("rate", std::int64_t{std::llround(*plan.qps * 1000)})
        .set("timeUnit", "1000s")
        .set("preAllocatedVUs", std::int64_t{plan.connections})
        .set("maxVUs", std::int64_t{std::max(plan.connections, plan.max_connections)})
        .set("duration", length);
  } else if (plan.requests) {
    scenario.set("executor", "shared-iterations")
        .set("vus", std::int64_t{plan.connections})
        .set("iterations", static_cast<std::int64_t>(*plan.requests))
        .set("maxDuration", length);
  } else {
    scenario.set("executor", "constant-vus")
        .set("vus", std::int64_t{plan.connections})
        .set("duration", length);
  }
  return scenario;
}

}  // namespace

std::string k6_script(const load::Plan& plan) {
  doc::Value statistics = doc::Value::list();
  for (const char* name :
       {"avg", "min", "med", "max", "p(75)", "p(90)", "p(95)", "p(99)", "p(99.9)"})
    statistics.push(name);
  doc::Value scenarios;
  scenarios.set("load", scenario_of(plan));
  doc::Value options;
  options.set("scenarios", std::move(scenarios))
      .set("summaryTrendStats", std::move(statistics))
      .set("discardResponseBodies", true)
      .set("noConnectionReuse", !plan.keepalive)
      .set("insecureSkipTLSVerify", !plan.target.tls.verify);

  doc::Value headers = doc::Value::map();
  for (const auto& [name, value] : plan.target.headers) headers.set(name, value);
  doc::Value request;
  request.set("headers", std::move(headers))
      .set("timeout", milliseconds(plan.timeout))
      .set("redirects", std::int64_t{0});
  const auto json = [](const doc::Value& value) {
    return std::string(base::trim(doc::write_json(value, 0)));
  };
  return fmt::format(
      "import http from 'k6/http';\n"
      "export const options = {};\n"
      "export default function () {{\n"
      "  http.request({}, {}, {}, {});\n"
      "}}\n"
      "export function handleSummary(data) {{ return {{ stdout: JSON.stringify(data) }}; }}\n",
      json(options), json(plan.target.method), json(plan.target.url.text()),
      plan.target.body.empty() ? std::string("null") : json(plan.target.body), json(request));
}

}  // namespace weft::perf
