// The free lines of a worker, and which of them takes the next request: the one unused for longest,
// or over several connections of HTTP/2 with a schedule the one whose connection has the fewest
// requests under way; of such connections, each has a turn. A closed loop has a request for
// whichever line is free, so it need not choose.
//
//   IdleLines<Slot> idle(slots, connections);   // line i is of connection i mod connections
//   idle.push_back(3);  idle.front();  idle.remove(3);
//   idle.began(3);  idle.ended(3);              // a request on it
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/load/index_list.h"

namespace weft::load {

template <typename Node>
class IdleLines {
 public:
  // `connections`: 0 where the connection does not matter.
  explicit IdleLines(std::span<Node> nodes, std::uint32_t connections = 0)
      : all_(nodes), connections_(connections) {
    if (connections == 0) return;
    groups_.resize(connections, {.idle = IndexList<Node>(nodes)});
    by_load_.resize(nodes.size() / connections + 2, IndexList<Group>(groups_));
  }
  IdleLines(const IdleLines&) = delete;  // lists point to the groups
  IdleLines& operator=(const IdleLines&) = delete;

  bool empty() const { return front() == kNoIndex; }
  std::uint32_t front() const {
    if (connections_ == 0) return all_.front();
    return lowest_ < by_load_.size() ? groups_[by_load_[lowest_].front()].idle.front() : kNoIndex;
  }

  void push_back(std::uint32_t index) {
    if (connections_ == 0) return all_.push_back(index);
    Group& group = groups_[index % connections_];
    const bool was_empty = group.idle.empty();
    group.idle.push_back(index);
    if (was_empty) enlist(index % connections_);
  }
  void remove(std::uint32_t index) {
    if (connections_ == 0) return all_.remove(index);
    Group& group = groups_[index % connections_];
    group.idle.remove(index);
    if (group.idle.empty()) delist(index % connections_);
  }

  void began(std::uint32_t index) {
    if (connections_ != 0) move(index % connections_, 1);
  }
  void ended(std::uint32_t index) {
    if (connections_ != 0) move(index % connections_, -1);
  }

 private:
  struct Group {  // the lines of one connection
    std::uint32_t previous = kNoIndex, next = kNoIndex;
    std::uint32_t load = 0;  // requests under way
    IndexList<Node> idle;
  };

  void enlist(std::uint32_t group) {
    const std::uint32_t load = groups_[group].load;
    by_load_[load].push_back(group);
    lowest_ = std::min(lowest_, load);
  }
  void delist(std::uint32_t group) {
    by_load_[groups_[group].load].remove(group);
    while (lowest_ < by_load_.size() && by_load_[lowest_].empty()) ++lowest_;
  }
  void move(std::uint32_t group, int by) {
    const bool listed = !groups_[group].idle.empty();
    if (listed) delist(group);
    groups_[group].load += static_cast<std::uint32_t>(by);
    if (listed) enlist(group);
  }

  IndexList<Node> all_;  // where the connection does not matter
  const std::uint32_t connections_;
  std::vector<Group> groups_;
  std::vector<IndexList<Group>> by_load_;  // groups that have a free line
  std::uint32_t lowest_ = UINT32_MAX;      // the first of them that is not empty
};

}  // namespace weft::load
