#include "lib/perf/step_json.h"

#include "lib/perf/record.h"
#include "lib/smp/run_names.h"

namespace weft::perf {
namespace {

using doc::Value;

Value step_document(const Step& step, const std::vector<Limit>& limits) {
  Value out;
  out.set("phase", std::string(phase_name(step.plan.phase)));
  if (step.plan.qps) out.set("requested_qps", *step.plan.qps);
  out.set("seconds", std::chrono::duration<double>(step.plan.duration).count())
      .set("actual_qps", step.achieved)
      .set("latency_us", Value()
                             .set("mean", step.mean_ns / 1e3)
                             .set("p50", step.p50_ns / 1e3)
                             .set("p99", step.p99_ns / 1e3))
      .set("error_ratio", step.error_ratio);
  Value misses = Value::map();
  for (std::size_t i = 0; i < limits.size(); ++i) misses.set(limits[i].text, step.misses[i].share);
  if (!limits.empty()) out.set("missed", std::move(misses)).set("holds", holds(step, limits));
  out.set("verdict", std::string(smp::name_of(to_smp(step.verdict))));
  if (!step.reason.empty()) out.set("reason", step.reason);
  return out;
}

Value steps_document(const std::vector<Step>& steps, const std::vector<Limit>& limits) {
  Value list = Value::list();
  for (const Step& step : steps) list.push(step_document(step, limits));
  return list;
}

Value objectives_document(const std::vector<Limit>& limits) {
  Value list = Value::list();
  for (const Limit& limit : limits) list.push(limit.text);
  return list;
}

Value bend_document(const Bend& bend) {
  return std::move(Value().set("qps", bend.rate).set("low", bend.low).set("high", bend.high));
}

}  // namespace

Value search_to_json(const Found& found, const SearchOptions& options, const std::string& url,
                     const std::string& result) {
  Value out;
  out.set("schema", "weft.perf-search/v1").set("url", url);
  out.set("objectives", objectives_document(options.limits));
  if (found.verified) out.set("verified_qps", *found.verified);
  if (!result.empty()) out.set("result", result);
  if (found.estimate)
    out.set("estimate_qps", found.estimate->rate)
        .set("interval_95",
             Value().set("low", found.estimate->low).set("high", found.estimate->high))
        .set("binding", options.limits[found.binding].text);
  out.set("closed_loop_qps", found.ceiling).set("generator_limited", found.generator_limited);
  if (found.generator_limited) out.set("generator_reason", found.generator_reason);
  return std::move(out.set("interrupted", found.interrupted)
                       .set("steps", steps_document(found.steps, options.limits)));
}

Value curve_to_json(const Curve& curve, const CurveOptions& options, const std::string& url) {
  Value out;
  out.set("schema", "weft.perf-curve/v1").set("url", url);
  if (!options.limits.empty()) out.set("objectives", objectives_document(options.limits));
  if (curve.closed) out.set("closed_loop_qps", curve.closed->achieved);
  if (curve.power) out.set("greatest_power", bend_document(*curve.power));
  if (curve.doubled) out.set("median_doubled", bend_document(*curve.doubled));
  return std::move(out.set("interrupted", curve.interrupted)
                       .set("steps", steps_document(curve.steps, options.limits)));
}

}  // namespace weft::perf
