#include "lib/mesh/upgrade_path.h"

#include "lib/base/format.h"

namespace weft::mesh {

namespace {

using base::Error;
using base::ExitCode;

// The newest version of the catalogue that is at most `skip` minors ahead.
std::string stepping_stone(const Mesh& mesh, Minor from, std::int64_t skip) {
  for (const Version& row : mesh.versions) {
    const auto minor = parse_minor(row.version);
    if (!minor) continue;
    const auto ahead = minors_between(from, *minor);
    if (ahead && *ahead > 0 && *ahead <= skip) return row.version;
  }
  return {};
}

}  // namespace

base::Result<void> check_path(const Mesh& mesh, const std::string& from, const std::string& to,
                              bool canary, bool force) {
  const auto before = parse_minor(from);
  const auto after = parse_minor(to);
  if (force || !before || !after) return {};
  const auto ahead = minors_between(*before, *after);
  // A new major (NGINX 1.7 to 2.0, Consul 1.9 to 2.0) has no arithmetic; the rules are for people.
  if (!ahead) return {};
  if (*ahead < 0)
    return Error{ExitCode::usage,
                 fmt::format("{} {} is older than {}, which is installed", mesh.id, to, from),
                 "control planes do not go back over CRDs and proxies of a newer version; "
                 "--force if you know better"};
  const auto skip = static_cast<std::int64_t>(canary ? mesh.upgrade.canary.max_minor_skip
                                                     : mesh.upgrade.max_minor_skip);
  if (*ahead <= skip) return {};
  const std::string stone = stepping_stone(mesh, *before, skip);
  return Error{ExitCode::usage,
               fmt::format("{} cannot go from {} to {} in one step: at most {} minor{} at a time",
                           mesh.id, from, to, skip, skip == 1 ? "" : "s"),
               stone.empty() ? "upgrade to the next minor first"
                             : fmt::format("weft upgrade {} --version {} first", mesh.id, stone)};
}

}  // namespace weft::mesh
