// Doubly linked lists through an array of nodes that have `previous` and `next` indices. A node is
// in one list at a time; all operations take constant time and no memory.
//
//   struct Node { std::uint32_t previous, next; };
//   IndexList<Node> idle(nodes);
//   idle.push_back(3);
#pragma once

#include <cstdint>
#include <span>

namespace weft::load {

inline constexpr std::uint32_t kNoIndex = UINT32_MAX;

template <typename Node>
class IndexList {
 public:
  explicit IndexList(std::span<Node> nodes) : nodes_(nodes) {}

  bool empty() const { return front_ == kNoIndex; }
  std::uint32_t front() const { return front_; }
  std::uint32_t size() const { return size_; }

  void push_back(std::uint32_t index) {
    nodes_[index].previous = back_;
    nodes_[index].next = kNoIndex;
    (back_ == kNoIndex ? front_ : nodes_[back_].next) = index;
    back_ = index;
    ++size_;
  }

  void remove(std::uint32_t index) {
    const Node& node = nodes_[index];
    (node.previous == kNoIndex ? front_ : nodes_[node.previous].next) = node.next;
    (node.next == kNoIndex ? back_ : nodes_[node.next].previous) = node.previous;
    --size_;
  }

 private:
  std::span<Node> nodes_;
  std::uint32_t front_ = kNoIndex;
  std::uint32_t back_ = kNoIndex;
  std::uint32_t size_ = 0;
};

}  // namespace weft::load
