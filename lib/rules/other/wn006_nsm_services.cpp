#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

std::string problem(std::string_view url) {
  const std::size_t mark = url.find("://");
  const std::string_view scheme = mark == std::string_view::npos ? "kernel" : url.substr(0, mark);
  const std::string_view rest = mark == std::string_view::npos ? url : url.substr(mark + 3);
  constexpr std::string_view kSchemes = " kernel memif vfio ";
  if (kSchemes.find(fmt::format(" {} ", base::lower(scheme))) == std::string_view::npos)
    return fmt::format("{} is none of kernel, memif and vfio", scheme);
  const std::string_view service = rest.substr(0, rest.find_first_of("/?"));
  if (service.empty() || service.find_first_of(" :#") != std::string_view::npos)
    return fmt::format("\"{}\" names no network service", url);
  return {};
}

void check_annotation(const Resource& resource, const Value* annotations, Report& out) {
  const Value* list = get(annotations, "networkservicemesh.io");
  if (text(list).empty()) return;
  for (std::string_view url : base::split(text(list), ',')) {
    const std::string wrong = problem(base::trim(url));
    if (!wrong.empty()) out.add(resource, list, wrong).with("url", url);
  }
}

void check(const Inventory& in, Report& out) {
  for (const Resource* ns : in.all(kinds::ns)) check_annotation(*ns, ns->annotations(), out);
  for (const Workload& workload : in.workloads()) {
    if (!workload.is_pod())
      check_annotation(*workload.resource, workload.resource->annotations(), out);
    check_annotation(*workload.resource, workload.annotations(), out);
  }
}

}  // namespace

Rule wn006() {
  return {
      .id = "WN006",
      .slug = "nsm-services",
      .severity = Severity::error,
      .mesh = "Network Service Mesh",
      .category = "annotations",
      .title = "network services that cannot be read",
      .why =
          "The webhook refuses the pod, or its client waits for ever for a service of that name.",
      .remedy =
          "write kernel://<service>[@domain]/<interface>[?label=value], several separated by "
          "commas",
      .check = check};
}

}  // namespace weft::rules
