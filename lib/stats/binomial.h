// Shares of traffic: exact intervals, and a test that a split is what was asked for.
//
// The interval is Clopper and Pearson's (Biometrika 26, 1934): never narrower than it says. The
// test is one of equivalence: a share passes when its whole interval lies inside the band around
// the share that was asked for, so too few requests can never pass. It may look at the counts a
// few times, each look at its part of `alpha` (Bonferroni, over the looks and over the backends):
// the chance to pass a share that lies at the edge of the band, or beyond, is at most alpha.
//
//   const SplitTest test{.shares = {0.75, 0.25}};
//   std::uint64_t requests = first_look(test);
//   const SplitLook seen = look(test, {{381, 119}});     // open: ask for as many again
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace weft::stats {

struct Bounds {
  double low = 0;
  double high = 1;
};

// Of the share behind `hits` of `n`, at level 1 - alpha; two-sided, alpha / 2 on each side.
Bounds clopper_pearson(std::uint64_t n, std::uint64_t hits, double alpha);

// P(X >= hits) of X ~ Binomial(n, share): the regularised incomplete beta function.
double upper_tail(std::uint64_t n, std::uint64_t hits, double share);

// Counts of `n` whose interval at level 1 - alpha lies inside [share - margin, share + margin].
struct Acceptance {
  std::uint64_t low = 1;
  std::uint64_t high = 0;  // below `low`: no count is enough
  bool empty() const { return high < low; }
};
Acceptance acceptance(std::uint64_t n, double share, double margin, double alpha);
// Of a mesh whose true share is `truth`.
double acceptance_probability(const Acceptance& counts, std::uint64_t n, double truth);

// Requests, in steps of 50, after which a share that is exactly right is accepted with at least
// this probability. `share` within 0..1, `margin` above 0.
std::uint64_t requests_for(double share, double margin, double alpha, double power);

enum class ShareVerdict { open, pass, fail };
std::string_view name_of(ShareVerdict verdict);

// 0 as a share means that not a single request may arrive there.
struct SplitTest {
  std::vector<double> shares;
  double margin = 0.10;
  double alpha = 0.01;
  unsigned looks = 3;

  double level() const;  // alpha of one backend in one look
};

struct ShareEstimate {
  std::uint64_t hits = 0;
  Bounds bounds;
  ShareVerdict verdict = ShareVerdict::open;
};

struct SplitLook {
  ShareVerdict verdict = ShareVerdict::open;  // fail when one fails, pass when all pass
  std::uint64_t requests = 0;
  std::vector<ShareEstimate> shares;
};

// The requests of the first look; each further look doubles the total.
std::uint64_t first_look(const SplitTest& test);
// `hits` has one entry for each share. Requests that went nowhere else are not among them.
SplitLook look(const SplitTest& test, std::span<const std::uint64_t> hits);

}  // namespace weft::stats
