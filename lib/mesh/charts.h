// Where a step's chart comes from. Whatever the source, what helm gets afterwards is a folder or an
// archive on this machine, so that one digest names what was installed and nothing is fetched
// twice.
//
//   --chart-dir D   D/<mesh>/<chart>/, D/<chart>/, D/<chart>-<version>.tgz, the first that exists;
//                   of archives the only one where no version is asked for
//   --chart X       a folder, an archive or oci://..., recognised by the name in its Chart.yaml
//   otherwise       the catalogue's repository, kept below `cache`; refused when offline
#pragma once

#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/kube/helm.h"
#include "lib/mesh/mesh.h"

namespace weft::mesh {

struct ChartSources {
  std::string folder{};               // --chart-dir
  std::vector<std::string> charts{};  // --chart
  std::string repo{};                 // --repo: URL instead of the catalogue's
  bool offline = false;
  std::string cache{};  // where fetched charts are kept

  bool local() const { return !folder.empty() || !charts.empty(); }
};

struct LocatedChart {
  kube::Chart chart;  // source on this machine
  std::string name;
  std::string version;
  std::string app_version;
  std::string digest;  // SHA-256 over its files
};

// `version` empty takes what lies there (local sources only).
base::Result<LocatedChart> locate_chart(kube::Helm& helm, const Mesh& mesh, const Step& step,
                                        const std::string& version, const ChartSources& sources);

// The root of the kustomize tree that holds `step.path`: <folder>/<mesh>/kustomize, <folder>/<mesh>
// or <folder> itself. weft fetches no such tree: without one an input error says how to get it.
base::Result<std::string> locate_tree(const Mesh& mesh, const Step& step,
                                      const std::string& version, const ChartSources& sources);

// Of a folder: names and contents of all files below it, in the order of their names.
base::Result<std::string> digest_of(const std::string& path);

// Top-level keys of the chart's values.yaml: what --set may start with.
base::Result<std::vector<std::string>> value_keys(kube::Helm& helm, const kube::Chart& chart);

}  // namespace weft::mesh
