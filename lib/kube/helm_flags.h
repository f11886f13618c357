// Which flag of helm does what in which version: the one place that knows majors and minors apart.
//
//   if (const auto flag = spelling(HelmFlag::list_all, helm.version)) words.emplace_back(*flag);
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "lib/kube/version.h"

namespace weft::kube {

enum class HelmFlag {
  list_all,        // releases of every status
  labels,          // labels of a release
  dry_run_server,  // render with what the server knows, change nothing
  dry_run_client,
  take_ownership,  // adopt objects of nobody or of another release
  force_conflicts  // server-side apply: take fields over
};

struct HelmFlagRow {
  HelmFlag flag;
  Version since;   // first version that has it
  Version before;  // first version that has it no more; 0 is none
  std::string_view text;
};
std::span<const HelmFlagRow> helm_flags();

// Absent when that version has nothing of the kind, or needs nothing.
std::optional<std::string_view> spelling(HelmFlag flag, const Version& version);

}  // namespace weft::kube
