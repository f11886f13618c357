#include "cmd/perf/run_flags.h"

namespace weft::cmd {

std::vector<cli::Flag> pod_flags(ClusterRun& pods) {
  constexpr const char* kGroup = "In the cluster";
  std::vector<cli::Flag> flags{
      cli::flag("--in-cluster", pods.wanted, "measure from pods of a cluster").in(kGroup),
      cli::flag("--workers", pods.workers, "pods that share the load").in(kGroup),
      cli::flag("--nodes", pods.nodes, "put them on these nodes only").takes("NAME").in(kGroup),
      cli::flag("--inject", pods.mesh,
                "take them into this mesh; without it they stay out of every mesh")
          .takes("MESH")
          .in(kGroup),
      cli::flag("--image", pods.image, "image with a static weft, see weft image export")
          .takes("HOST/PATH:TAG")
          .in(kGroup),
      cli::flag("--worker-cpu", pods.cpu, "CPU that each gets and may use; 0: what there is")
          .takes("QUANTITY")
          .in(kGroup),
      cli::flag("--worker-memory", pods.memory, "memory likewise").takes("QUANTITY").in(kGroup),
      cli::flag("--dry-run", pods.dry_run, "show the objects, and do nothing").in(kGroup)};
  // --timeout is that of a request here, and helm is not needed.
  for (cli::Flag& flag : with_cluster_flags(pods.cluster, {}))
    if (flag.name != "--timeout" && flag.name != "--helm")
      flags.push_back(std::move(flag).in(kGroup));
  return flags;
}

}  // namespace weft::cmd
