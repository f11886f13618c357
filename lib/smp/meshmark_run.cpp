// The profile's classes filled from a performance run.
#include "lib/base/format.h"
#include "lib/smp/meshmark_input.h"

namespace weft::smp {
namespace {

using Known = std::optional<double>;

struct Filling {
  MueClass group;

  void add(Mue mue, Known first, Known second) {
    if (!first || !second) {
      group.missing.push_back(std::move(mue.id));
      return;
    }
    mue.inputs = {*first, *second};
    group.mues.push_back(std::move(mue));
  }
};

// The same for compute and memory: which fields, in which unit.
struct Resource {
  const char* class_name;
  const char* id;
  const char* unit;
  Known Usage::*used;
  Known Usage::*assigned;
};
constexpr Resource kCompute{"compute", "cpu", "m", &Usage::cpu_mcores, &Usage::cpu_mcores_assigned};
constexpr Resource kMemory{"memory", "mem", "MB", &Usage::mem_mb, &Usage::mem_mb_assigned};

Usage usage_of(const Resources& resources, const std::string& part) {
  const auto found = resources.find(part);
  return found == resources.end() ? Usage{} : found->second;
}

MueClass headroom(const Resource& resource, const Resources& resources) {
  Filling filling{{.name = resource.class_name}};
  for (const char* part : {"dp", "cp"}) {
    const Usage usage = usage_of(resources, part);
    filling.add({.id = fmt::format("{}_{}", resource.id, part),
                 .kind = MueKind::headroom,
                 .unit = resource.unit,
                 .origin = "declared"},
                usage.*resource.used, usage.*resource.assigned);
  }
  return std::move(filling.group);
}

MueClass share(const Resource& resource, const Resources& resources) {
  const Known data = usage_of(resources, "dp").*resource.used;
  const Known control = usage_of(resources, "cp").*resource.used;
  Known mesh;
  if (data || control) mesh = data.value_or(0) + control.value_or(0);
  Filling filling{{.name = resource.class_name}};
  filling.add({.id = resource.id, .kind = MueKind::share, .unit = resource.unit},
              usage_of(resources, "app").*resource.used, mesh);
  return std::move(filling.group);
}

MueClass latency(const Run& run, const Run* baseline) {
  Filling filling{{.name = "latency"}};
  for (const int p : {50, 90, 99})
    filling.add({.id = fmt::format("p{}", p),
                 .kind = MueKind::lower_better,
                 .unit = "ms",
                 .origin = "baseline run"},
                baseline ? baseline->latency.percentile_ms(p) : Known(),
                run.latency.percentile_ms(p));
  return std::move(filling.group);
}

MueClass throughput(const Run& run, const Run* baseline) {
  const bool asked = !run.setup.unthrottled && run.setup.requested_qps;
  const Known reference = asked      ? run.setup.requested_qps
                          : baseline ? baseline->actual_qps
                                     : Known();
  Filling filling{{.name = "throughput"}};
  filling.add({.id = "rps",
               .kind = MueKind::higher_better,
               .unit = "/s",
               .origin = asked ? "requested rate" : "baseline run"},
              run.actual_qps, reference);
  const Known errors = run.counts.error_ratio();
  filling.add({.id = "success", .kind = MueKind::ratio}, errors ? Known(1 - *errors) : Known(), 0);
  return std::move(filling.group);
}

}  // namespace

MeshMarkInput meshmark_of(const Run& run, const Run* baseline, const Resources& resources,
                          MeshMarkMethod method) {
  MeshMarkInput input{.method = method};
  if (method == MeshMarkMethod::headroom) {
    input.classes = {headroom(kCompute, resources), headroom(kMemory, resources)};
  } else {
    input.classes = {share(kCompute, resources)};
    if (auto memory = share(kMemory, resources); !memory.mues.empty())
      input.classes.push_back(std::move(memory));
  }
  input.classes.push_back(latency(run, baseline));
  input.classes.push_back(throughput(run, baseline));
  return input;
}

}  // namespace weft::smp
