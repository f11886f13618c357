#include "cmd/operations/look.h"

#include "cmd/mesh/mesh.h"

namespace weft::cmd {

base::Result<Look> open_look(Context& context, const ClusterFlags& flags,
                             const std::string& mesh_or_alias) {
  WEFT_TRY(catalog, open_catalog(context));
  std::string id;
  if (!mesh_or_alias.empty()) {
    WEFT_TRY(found, catalog.find(mesh_or_alias));
    id = found->id;
  }
  auto session = open_session(context, flags, Tools::kubectl_and_helm);
  const bool with_helm = session.ok();
  if (!with_helm) session = open_session(context, flags, Tools::kubectl);
  if (!session) return std::move(session).error();
  Look look{std::move(catalog), std::move(id), *std::move(session), nullptr};
  if (with_helm) look.helm = &look.session.helm();
  return look;
}

base::Result<mesh::ClusterStatus> take_status(Context& context, Look& look) {
  return mesh::read_status(look.session.cluster(), look.helm, look.catalog,
                           {.mesh = look.mesh, .now = context.clock.wall()});
}

}  // namespace weft::cmd
