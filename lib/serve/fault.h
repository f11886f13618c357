// Faults: what shall go wrong, as text in the query ("?delay=5ms&status=503@10%"), in the header
// x-weft-fault ("delay=5ms; status=503@10%") or for the whole service. One grammar, one table
// (fault_rows) that the help reads too. `@P%` after a value applies the fault to P % of requests.
//
//   Faults faults;
//   if (auto problem = read_faults("delay=p50:2ms,p99:40ms", FaultSource::header, faults)) ...
//   FaultDraw draw = draw_faults(faults, random);
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/number.h"
#include "lib/serve/random.h"
#include "lib/serve/reply.h"

namespace weft::serve {

// Delays by their quantile function: a fixed delay has one point, a uniform one two. Between two
// points the delay is interpolated, on a logarithmic scale where points were given as quantiles:
// "p50:2ms,p99:40ms" draws u from 0 to 1 and answers d with log d linear in u. Before the first
// and after the last point it stays at their value; p0 and p100 may be given to say otherwise.
struct DelayLaw {
  struct Point {
    double quantile;  // 0 to 1, ascending
    double ns;        // not descending
  };
  std::vector<Point> points;
  bool logarithmic = false;

  base::Nanoseconds at(double u) const;
};

struct StatusWeight {
  int status;
  double weight;
};

// A fault and how often it strikes.
template <typename T>
struct Chance {
  T value{};
  double probability = 1;
};

struct Faults {
  std::optional<Chance<DelayLaw>> delay;
  std::optional<Chance<std::vector<StatusWeight>>> status;
  std::vector<int> status_sequence;  // one after the other for the same nonce; the last repeats
  std::optional<Chance<std::uint64_t>> size;
  std::optional<Chance<std::uint64_t>> rate;
  std::optional<Chance<Abort>> abort;
  std::optional<Chance<bool>> trailers;
  std::optional<Chance<bool>> hang;

  bool any() const;
};

// What strikes one request.
struct FaultDraw {
  base::Nanoseconds delay{0};
  std::optional<int> status;
  std::optional<std::uint64_t> size;
  std::uint64_t rate = 0;
  bool trailers = false;
  Abort abort = Abort::none;
  bool hang = false;
};
FaultDraw draw_faults(const Faults& faults, Random& random);

struct FaultProblem {
  std::string parameter;
  std::string reason;  // a sentence with what to write instead
};

// In a query (percent-encoded, separated by & or ;) other parameters are none of our business;
// in a header (separated by ; & or ,) they are a problem. Adds to `faults`, replacing by kind.
enum class FaultSource { query, header };
std::optional<FaultProblem> read_faults(std::string_view text, FaultSource source, Faults& faults);

struct FaultRow {
  std::string_view name;
  std::string_view grammar;
  std::string_view meaning;
};
std::span<const FaultRow> fault_rows();

}  // namespace weft::serve
