// Helm releases as helm 3 and helm 4 both report them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/kube/object.h"

namespace weft::kube {

enum class ReleaseStatus {
  unknown,
  deployed,
  uninstalled,
  superseded,
  failed,
  uninstalling,
  pending_install,
  pending_upgrade,
  pending_rollback
};
std::string_view status_name(ReleaseStatus status);  // "pending-install"
ReleaseStatus parse_status(std::string_view name);   // unknown for a foreign word
// An operation is under way, or was killed: helm refuses everything but rollback and uninstall.
bool is_pending(ReleaseStatus status);

// A row of `helm list`.
struct Release {
  std::string name;
  std::string ns;
  int revision = 0;
  ReleaseStatus status = ReleaseStatus::unknown;
  std::string chart;          // "istiod"
  std::string chart_version;  // "1.29.6"
  std::string app_version;
  std::string updated;  // RFC 3339
};

// A row of `helm history`.
struct Revision {
  int revision = 0;
  ReleaseStatus status = ReleaseStatus::unknown;
  std::string chart;
  std::string chart_version;
  std::string app_version;
  std::string updated;
  std::string description;
};

// One release with what it consists of: the answer to install, upgrade, rollback and status.
struct ReleaseDetail {
  std::string name;
  std::string ns;
  int revision = 0;
  ReleaseStatus status = ReleaseStatus::unknown;
  std::string description;
  std::string notes;
  std::string manifest;      // YAML; without hooks and without the objects of crds/
  std::string hooks;         // YAML of the hooks
  bool server_side = false;  // applied server-side (helm 4)

  base::Result<Objects> objects() const;
  base::Result<Objects> hook_objects() const;
};

// "istiod-1.29.6" into "istiod" and "1.29.6": the version starts behind the first hyphen that is
// followed by two numbers with a dot between them, with or without a v.
void split_chart(std::string_view text, std::string& name, std::string& version);

// The JSON of both majors.
base::Result<std::vector<Release>> read_releases(std::string_view json);
base::Result<std::vector<Revision>> read_history(std::string_view json);
base::Result<ReleaseDetail> read_release(std::string_view json);

}  // namespace weft::kube
