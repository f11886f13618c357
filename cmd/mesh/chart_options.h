// What the commands about charts share that ask no cluster: the flags by which an installation is
// described, and the installation itself.
#pragma once

#include <string>
#include <vector>

#include "cmd/context.h"
#include "lib/cli/command.h"
#include "lib/lifecycle/bundle.h"
#include "lib/mesh/catalog.h"

namespace weft::cmd {

struct ChartOptions {
  std::string mesh;
  std::string version, mode, profile, registry, chart_dir;
  std::vector<std::string> features, charts, set;
  bool offline = false;
  std::string helm = "helm";
  std::string kubectl = "kubectl";
};

std::vector<cli::Flag> chart_flags(ChartOptions& options);

// The mesh; one that weft cannot install is refused with the reason.
base::Result<const mesh::Mesh*> find_installable(const mesh::Catalog& catalog,
                                                 const std::string& id);

// The installation that the flags describe. An input of the mesh, which only an installation
// needs, is its name in angle brackets: "<license>".
base::Result<lifecycle::Setup> set_up(Context& context, kube::Helm& helm,
                                      const ChartOptions& options, const mesh::Mesh& mesh);

base::Result<kube::HelmCli> open_helm(Context& context, const ChartOptions& options);
// Finds kubectl when a folder is to be built.
lifecycle::Kustomize kustomize_with(Context& context, const ChartOptions& options);

// Tells on standard error which images of the proxies the charts do not name.
void note_missing_images(Context& context, const mesh::ImageList& images);

}  // namespace weft::cmd
