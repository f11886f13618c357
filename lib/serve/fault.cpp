#include "lib/serve/fault.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/serve/request.h"

namespace weft::serve {
namespace {

using base::parse_double;
using base::parse_duration;
using base::trim;

constexpr std::uint64_t kMaxSize = 1 << 30;
constexpr base::Nanoseconds kMaxDelay = std::chrono::hours(1);
constexpr std::size_t kMaxParts = 64;

// Each reader fills in its part of Faults, or says what it expects.
using Reason = std::optional<std::string>;
using Reader = Reason (*)(std::string_view value, double probability, Faults& faults);

std::optional<double> read_delay_ns(std::string_view text) {
  const auto duration = parse_duration(trim(text));
  if (!duration || duration->count() < 0 || *duration > kMaxDelay) return std::nullopt;
  return static_cast<double>(duration->count());
}

// "p50:2ms" or "p99.9:40ms".
std::optional<DelayLaw::Point> read_quantile(std::string_view text) {
  text = trim(text);
  const auto colon = text.find(':');
  if (!text.starts_with('p') || colon == std::string_view::npos) return std::nullopt;
  const auto percent = parse_double(text.substr(1, colon - 1));
  const auto ns = read_delay_ns(text.substr(colon + 1));
  if (!percent || *percent < 0 || *percent > 100 || !ns) return std::nullopt;
  return DelayLaw::Point{*percent / 100, *ns};
}

Reason read_quantiles(std::string_view value, DelayLaw& law) {
  law.logarithmic = true;
  for (const std::string_view part : base::split(value, ',')) {
    const auto point = read_quantile(part);
    if (!point || law.points.size() == kMaxParts)
      return "write quantiles as p50:2ms,p99:40ms, each delay at most 1h";
    if (!law.points.empty() &&
        (point->quantile <= law.points.back().quantile || point->ns < law.points.back().ns))
      return "write quantiles in ascending order";
    law.points.push_back(*point);
  }
  return {};
}

Reason read_delay(std::string_view value, double probability, Faults& faults) {
  DelayLaw law;
  const auto dots = value.find("..");
  if (value.starts_with('p')) {
    if (auto reason = read_quantiles(value, law)) return reason;
  } else if (dots != std::string_view::npos) {
    const auto low = read_delay_ns(value.substr(0, dots));
    const auto high = read_delay_ns(value.substr(dots + 2));
    if (!low || !high || *high < *low) return "write a range as 50ms..100ms, at most 1h";
    law.points = {{0, *low}, {1, *high}};
  } else {
    const auto ns = read_delay_ns(value);
    if (!ns) return "write a delay as 5ms, 50ms..100ms or p50:2ms,p99:40ms, at most 1h";
    law.points = {{0, *ns}};
  }
  faults.delay = {std::move(law), probability};
  return {};
}

std::optional<int> read_code(std::string_view text) {
  const auto code = base::parse_uint(trim(text));
  if (!code || *code < 200 || *code > 599) return std::nullopt;
  return static_cast<int>(*code);
}

Reason read_status(std::string_view value, double probability, Faults& faults) {
  std::vector<StatusWeight> weights;
  double total = 0;
  for (const std::string_view part : base::split(value, ',')) {
    const auto colon = part.find(':');
    const auto code = read_code(part.substr(0, colon));
    const auto weight = colon == std::string_view::npos
                            ? std::optional<double>(1)
                            : parse_double(trim(part.substr(colon + 1)));
    if (!code || !weight || *weight < 0 || *weight > 1e9 || weights.size() == kMaxParts)
      return "write a status from 200 to 599 as 503, 503@10% or 500:90,200:10";
    weights.push_back({*code, *weight});
    total += *weight;
  }
  if (total <= 0) return "give at least one status a weight above 0";
  faults.status = {std::move(weights), probability};
  return {};
}

Reason read_sequence(std::string_view value, double probability, Faults& faults) {
  std::vector<int> sequence;
  for (const std::string_view part : base::split(value, ',')) {
    const auto code = read_code(part);
    if (!code || probability < 1 || sequence.size() == kMaxParts)
      return "write statuses from 200 to 599 as 503,503,200, at most 64, without a chance";
    sequence.push_back(*code);
  }
  faults.status_sequence = std::move(sequence);
  return {};
}

Reason read_body_size(std::string_view value, double probability, Faults& faults) {
  const auto size = base::parse_size(value);
  if (!size || *size > kMaxSize) return "write a size as 512 or 16KiB, at most 1GiB";
  faults.size = {*size, probability};
  return {};
}

Reason read_rate(std::string_view value, double probability, Faults& faults) {
  const bool per_second = value.ends_with("/s");
  const auto rate = base::parse_size(value.substr(0, value.size() - (per_second ? 2 : 0)));
  if (!per_second || !rate || *rate == 0) return "write a rate as 1KiB/s, at least 1B/s";
  faults.rate = {*rate, probability};
  return {};
}

Reason read_abort(std::string_view value, double probability, Faults& faults) {
  Abort kind = Abort::none;
  if (value == "reset")
    kind = Abort::reset;
  else if (value == "eof")
    kind = Abort::eof;
  else if (value == "half-close")
    kind = Abort::half_close;
  else
    return "choose reset, eof or half-close";
  faults.abort = {kind, probability};
  return {};
}

Reason read_hang(std::string_view value, double probability, Faults& faults) {
  if (!value.empty()) return "write hang or hang@5%, it takes no value";
  faults.hang = {true, probability};
  return {};
}

Reason read_trailers(std::string_view value, double probability, Faults& faults) {
  if (!value.empty()) return "write trailers or trailers@5%, it takes no value";
  faults.trailers = {true, probability};
  return {};
}

struct Kind {
  FaultRow row;
  Reader read;
};

constexpr Kind kKinds[] = {
    {{"delay", "5ms | 50ms..100ms | p50:2ms,p99:40ms",
      "answer later: fixed, uniform, or by quantiles with log-linear interpolation"},
     read_delay},
    {{"status", "503 | 503@10% | 500:90,200:10", "this status, or one drawn by weight"},
     read_status},
    {{"codes", "500:90,200:10", "the same as status"}, read_status},
    {{"status-sequence", "503,503,200",
      "one after the other for requests with the same nonce (x-weft-nonce or ?nonce=)"},
     read_sequence},
    {{"size", "16KiB", "a body of that many bytes"}, read_body_size},
    {{"slow-body", "1KiB/s", "send the body at that rate"}, read_rate},
    {{"trailers", "", "the field x-weft-trailer: kept behind the body"}, read_trailers},
    {{"abort", "reset | eof | half-close",
      "no answer but a reset or a close, or half the body and then the end"},
     read_abort},
    {{"hang", "", "no answer at all, the connection stays open"}, read_hang},
};

const Kind* find_kind(std::string_view name) {
  const auto found =
      std::ranges::find(kKinds, name, [](const Kind& kind) { return kind.row.name; });
  return found == std::end(kKinds) ? nullptr : &*found;
}

std::string_view name_of(std::string_view text) {
  return trim(text.substr(0, text.find_first_of("=@")));
}

// Cuts "delay=p50:2ms,p99:40ms,hang" before ",hang": a comma separates faults where a known
// name follows it, else it belongs to the value.
std::string_view take_fault(std::string_view& text) {
  for (std::size_t comma = text.find(','); comma != std::string_view::npos;
       comma = text.find(',', comma + 1)) {
    const std::string_view next = text.substr(comma + 1);
    if (find_kind(name_of(next.substr(0, next.find(',')))) == nullptr) continue;
    const std::string_view first = text.substr(0, comma);
    text = next;
    return first;
  }
  return std::exchange(text, {});
}

std::optional<FaultProblem> read_fault(std::string_view text, FaultSource source, Faults& faults) {
  const std::string_view name = name_of(text);
  const Kind* kind = find_kind(name);
  if (kind == nullptr) {
    if (source == FaultSource::query || name.empty()) return std::nullopt;
    std::vector<std::string> known;
    for (const Kind& one : kKinds) known.emplace_back(one.row.name);
    return FaultProblem{std::string(name),
                        fmt::format("no such fault; there are {}", base::join(known, ", "))};
  }
  std::string_view value = text.substr(std::min(text.find_first_of("=@"), text.size()));
  if (value.starts_with('=')) value.remove_prefix(1);
  double probability = 1;
  const auto at = value.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view percent = trim(value.substr(at + 1));
    const auto number = parse_double(percent.substr(0, percent.find('%')));
    if (!percent.ends_with('%') || !number || *number < 0 || *number > 100)
      return FaultProblem{std::string(name), "write a chance as @10%, from 0% to 100%"};
    probability = *number / 100;
    value = value.substr(0, at);
  }
  if (auto reason = kind->read(trim(value), probability, faults))
    return FaultProblem{std::string(name), std::move(*reason)};
  return std::nullopt;
}

}  // namespace

std::optional<FaultProblem> read_faults(std::string_view text, FaultSource source, Faults& faults) {
  while (!text.empty()) {
    const auto end = text.find_first_of("&;");
    std::string decoded;
    std::string_view part = text.substr(0, end);
    if (source == FaultSource::query) part = decoded = percent_decode(part, true);
    if (source == FaultSource::header || find_kind(name_of(part)) != nullptr)
      while (!part.empty())
        if (auto problem = read_fault(take_fault(part), source, faults)) return problem;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

std::span<const FaultRow> fault_rows() {
  static const auto rows = [] {
    std::vector<FaultRow> out;
    for (const Kind& kind : kKinds) out.push_back(kind.row);
    return out;
  }();
  return rows;
}

}  // namespace weft::serve
