#include "lib/kube/helm_flags.h"

#include <algorithm>

namespace weft::kube {
namespace {

const HelmFlagRow kFlags[] = {
    {HelmFlag::list_all, {3, 0}, {4, 0}, "--all"},
    {HelmFlag::labels, {3, 13}, {}, "--labels"},
    {HelmFlag::dry_run_server, {3, 13}, {}, "--dry-run=server"},
    {HelmFlag::dry_run_server, {3, 0}, {3, 13}, "--dry-run"},
    {HelmFlag::dry_run_client, {3, 13}, {}, "--dry-run=client"},
    {HelmFlag::dry_run_client, {3, 0}, {3, 13}, "--dry-run"},
    {HelmFlag::take_ownership, {3, 17}, {}, "--take-ownership"},
    {HelmFlag::force_conflicts, {4, 0}, {}, "--force-conflicts"},
};

}  // namespace

std::span<const HelmFlagRow> helm_flags() { return kFlags; }

std::optional<std::string_view> spelling(HelmFlag flag, const Version& version) {
  const auto* row =
      std::find_if(std::begin(kFlags), std::end(kFlags), [&](const HelmFlagRow& each) {
        return each.flag == flag && version >= each.since &&
               (each.before.major == 0 || version < each.before);
      });
  return row == std::end(kFlags) ? std::nullopt : std::optional(row->text);
}

}  // namespace weft::kube
