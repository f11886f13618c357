#include "lib/load/timeline.h"

#include <algorithm>
#include <string_view>

namespace weft::load {
namespace {

using Cells = std::vector<stats::SparseHistogram::Cell>;

void put_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

std::uint64_t take_number(std::string_view& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
}

// The distance of each cell from the last one, and its count, in LEB128.
std::string pack(const Cells& cells) {
  std::string out;
  std::uint32_t last = 0;
  for (const auto& cell : cells) {
    put_number(out, cell.index - last);
    put_number(out, cell.count);
    last = cell.index;
  }
  return {out.begin(), out.end()};  // without room to grow
}

Cells unpack(std::string_view packed) {
  Cells cells;
  std::uint32_t index = 0;
  while (!packed.empty()) {
    index += static_cast<std::uint32_t>(take_number(packed));
    cells.push_back({index, take_number(packed)});
  }
  return cells;
}

}  // namespace

stats::Interval Timeline::unpacked(Kept& kept) {
  kept.interval.latency.cells = unpack(kept.cells);
  return std::move(kept.interval);
}

void Timeline::join(Kept& into, const stats::Interval& next) {
  stats::Interval interval = unpacked(into);
  interval.planned += next.planned;
  interval.completed += next.completed;
  interval.errors += next.errors;
  interval.latency.merge(next.latency);
  interval.latency.coarsen();  // former extremes
  into.cells = pack(interval.latency.cells);
  interval.latency.cells = Cells();
  into.interval = std::move(interval);
}

void Timeline::add(const Slice& slice) {
  while (slice.start_ns / width_ns_ >= kMaxIntervals) join_neighbours();
  const std::size_t index = slice.start_ns / width_ns_;
  if (intervals_.size() <= index) intervals_.resize(index + 1);
  join(intervals_[index], {.planned = slice.planned,
                           .completed = slice.completed,
                           .errors = slice.errors,
                           .latency = slice.latency.coarse()});
}

void Timeline::join_neighbours() {
  for (std::size_t i = 0; i < intervals_.size(); ++i) {
    if (i % 2 == 1)
      join(intervals_[i / 2], unpacked(intervals_[i]));
    else if (i > 0)
      intervals_[i / 2] = std::move(intervals_[i]);
  }
  intervals_.resize((intervals_.size() + 1) / 2);
  width_ns_ *= 2;
}

std::vector<stats::Interval> Timeline::finish(std::uint64_t elapsed_ns) {
  elapsed_ns = std::max<std::uint64_t>(elapsed_ns, 1);
  while ((elapsed_ns - 1) / width_ns_ >= kMaxIntervals) join_neighbours();
  const std::size_t count = std::max<std::size_t>((elapsed_ns + width_ns_ - 1) / width_ns_, 1);
  while (intervals_.size() > count) {
    join(intervals_[intervals_.size() - 2], unpacked(intervals_.back()));
    intervals_.pop_back();
  }
  intervals_.resize(count);
  std::vector<stats::Interval> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t start = i * width_ns_;
    stats::Interval& interval = out.emplace_back(unpacked(intervals_[i]));
    interval.start_s = static_cast<double>(start) / 1e9;
    interval.duration_s = static_cast<double>(std::min(width_ns_, elapsed_ns - start)) / 1e9;
  }
  intervals_.clear();
  return out;
}

}  // namespace weft::load
