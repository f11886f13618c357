// Versions of a mesh and of Kubernetes: what is asked for ("1.30", "v1.30.3", "edge-26.6.3",
// nothing at all) becomes one row of the catalogue, or an error that names the nearest ones.
//
//   WEFT_TRY(version, resolve(*mesh, "1.30"));     // -> 1.30.3
//   if (version.k8s.judge(*parse_minor("v1.37.1")) == KubeFit::above) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace weft::mesh {

struct Mesh;

// Major and minor of a version of Kubernetes or of a mesh.
struct Minor {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;

  friend auto operator<=>(const Minor&, const Minor&) = default;
  std::string text() const;  // "1.30"
};

// The start of "1.30.3", "v1.30.3-gke.100", "1.30": absent when there are not two numbers.
std::optional<Minor> parse_minor(std::string_view text);

// How many minors `to` is ahead of `from`; absent when the major differs.
std::optional<std::int64_t> minors_between(Minor from, Minor to);

enum class KubeFit { below, inside, above };

// Both ends inclusive; an absent end is open.
struct KubeRange {
  std::optional<Minor> min;
  std::optional<Minor> max;

  KubeFit judge(Minor cluster) const;
  std::string text() const;  // "1.32-1.36", ">=1.22", "<=1.21", "" when both are open
};

// "1.32-1.36", ">=1.22", "<=1.21", "".
std::optional<KubeRange> parse_kube_range(std::string_view text);

struct Version {
  std::string version;  // "1.30.3"; "1.28.x" is a line whose patches the catalogue does not list
  std::string chart;    // version of its charts; the version itself where nothing else is said
  std::string app;      // how images and labels name it, where different: "edge-26.6.3"
  KubeRange k8s;
  std::string released;  // RFC 3339 date or month: "2026-05-14"
  std::string eol;       // likewise; empty: not announced
  std::string proxy;     // "envoy 1.38"
  bool lts = false;
  std::string note;

  // The exact version of its charts is not known.
  bool is_line() const { return chart.ends_with(".x"); }
};

// `asked` may be a version, a line ("1.30": its newest patch), a chart or app version, with or
// without "v"; empty is the newest. A patch that is not listed of a line that is ("1.29.2") is
// taken as asked, with the facts of its line. Unknown: a usage error with the nearest versions.
base::Result<Version> resolve(const Mesh& mesh, std::string_view asked);

// The row whose version, app or chart version is `found` (from an image tag or label); absent
// when there is none.
std::optional<Version> version_of(const Mesh& mesh, std::string_view found);

enum class Window { supported, ending, ended, unknown };

// Where `today` ("2026-11-23") stands against the end of support; `ending` within 60 days.
Window window_of(const Version& version, std::string_view today);

}  // namespace weft::mesh
