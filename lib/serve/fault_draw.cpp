// Chance in faults: what strikes one request.
#include <algorithm>
#include <cmath>

#include "lib/serve/fault.h"

namespace weft::serve {
namespace {

template <typename T>
bool strikes(const std::optional<Chance<T>>& fault, Random& random) {
  return fault && (fault->probability >= 1 || random.uniform() < fault->probability);
}

int draw_status(const std::vector<StatusWeight>& weights, Random& random) {
  double total = 0;
  for (const StatusWeight& row : weights) total += row.weight;
  double u = random.uniform() * total;
  for (const StatusWeight& row : weights) {
    u -= row.weight;
    if (u < 0) return row.status;
  }
  return weights.back().status;
}

double interpolate(const DelayLaw::Point& a, const DelayLaw::Point& b, double u, bool logarithmic) {
  const double share = (u - a.quantile) / (b.quantile - a.quantile);
  if (!logarithmic || a.ns <= 0) return a.ns + share * (b.ns - a.ns);
  return a.ns * std::pow(b.ns / a.ns, share);
}

}  // namespace

base::Nanoseconds DelayLaw::at(double u) const {
  const auto after = std::ranges::upper_bound(points, u, {}, &Point::quantile);
  double ns = 0;
  if (after == points.begin())
    ns = points.front().ns;
  else if (after == points.end())
    ns = points.back().ns;
  else
    ns = interpolate(*std::prev(after), *after, u, logarithmic);
  return base::Nanoseconds(static_cast<std::int64_t>(std::llround(ns)));
}

bool Faults::any() const {
  return delay || status || !status_sequence.empty() || size || rate || trailers || abort || hang;
}

FaultDraw draw_faults(const Faults& faults, Random& random) {
  FaultDraw draw;
  if (strikes(faults.delay, random))
    draw.delay =
        faults.delay->value.at(faults.delay->value.points.size() > 1 ? random.uniform() : 0);
  if (strikes(faults.status, random)) draw.status = draw_status(faults.status->value, random);
  if (strikes(faults.size, random)) draw.size = faults.size->value;
  if (strikes(faults.rate, random)) draw.rate = faults.rate->value;
  if (strikes(faults.abort, random)) draw.abort = faults.abort->value;
  draw.trailers = strikes(faults.trailers, random);
  draw.hang = strikes(faults.hang, random);
  return draw;
}

}  // namespace weft::serve
