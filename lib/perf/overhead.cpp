#include "lib/perf/overhead.h"

#include "lib/smp/json_set.h"
#include "lib/smp/meshmark_json.h"

namespace weft::perf {

std::vector<PartCost> costs_of(const smp::Run& run, bool meshed) {
  std::vector<PartCost> costs;
  const double qps = run.actual_qps.value_or(0);
  for (const auto& [part, usage] : run.resources) {
    PartCost cost{.part = part, .meshed = meshed, .usage = usage};
    if (qps > 0 && usage.cpu_mcores) cost.cpu_s_per_1000 = *usage.cpu_mcores / qps;
    if (qps > 0 && usage.mem_mb) cost.mb_per_1000qps = *usage.mem_mb * 1000 / qps;
    costs.push_back(std::move(cost));
  }
  return costs;
}

base::Result<Overhead> overhead_of(std::span<const smp::Run> plain,
                                   std::span<const smp::Run> meshed, smp::MeshMarkMethod method) {
  Overhead overhead;
  WEFT_TRY(repeated, compare_repeated(plain, meshed, {}));
  overhead.repeated = std::move(repeated);
  const smp::Run &without = overhead.repeated.sides[0], &with = overhead.repeated.sides[1];
  overhead.costs = costs_of(without, false);
  for (PartCost& cost : costs_of(with, true)) overhead.costs.push_back(std::move(cost));
  auto mark = smp::score(smp::meshmark_of(with, &without, with.resources, method));
  if (mark.ok())
    overhead.mark = *std::move(mark);
  else
    overhead.no_mark = mark.error().message;
  return overhead;
}

doc::Value overhead_to_json(const Overhead& overhead) {
  doc::Value out;
  out.set("schema", "weft.perf-overhead/v1");
  out.set("comparison", comparison_to_json(overhead.repeated.sides, overhead.repeated.comparison));
  doc::Value costs = doc::Value::list();
  for (const PartCost& cost : overhead.costs) {
    doc::Value row;
    row.set("part", cost.part).set("meshed", cost.meshed);
    smp::set_known(row, "cpu_mcores", cost.usage.cpu_mcores);
    smp::set_known(row, "mem_mb", cost.usage.mem_mb);
    smp::set_known(row, "cpu_s_per_1000_requests", cost.cpu_s_per_1000);
    smp::set_known(row, "mem_mb_per_1000_qps", cost.mb_per_1000qps);
    costs.push(std::move(row));
  }
  out.set("costs", std::move(costs));
  if (overhead.mark)
    out.set("meshmark", smp::meshmark_to_json(*overhead.mark));
  else
    out.set("no_meshmark", overhead.no_mark);
  return out;
}

}  // namespace weft::perf
