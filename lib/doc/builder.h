// The events of a parser into one document value: shared by YAML and JSON, so that both find
// duplicate keys, bound depth and nodes, and speak of mistakes alike. After the first failure
// every call does nothing and ok() is false; the parser should then stop.
//
//   builder.begin_map({1, 1}); builder.key("a", {1, 2}); builder.scalar(1, {1, 5}); builder.end();
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/doc/read.h"

namespace weft::doc {

class Builder {
 public:
  // What a key that stands twice in one map means: kubectl takes the last and says nothing.
  enum class Repeats { refused, last_counts };

  Builder(std::shared_ptr<const Source> source, const Limits& limits,
          Repeats repeats = Repeats::refused)
      : source_(std::move(source)), limits_(limits), repeats_(repeats) {}

  // The innermost open container is a map and waits for a key.
  bool wants_key() const { return !open_.empty() && open_.back().is_map && !open_.back().has_key; }
  void key(Text key, Position at);
  // YAML's <<: the value that follows gives the keys that the map itself does not have.
  void merge_key(Position at);
  void scalar(Value value, Position at);
  // A null that nobody wrote; it stands where its key, or else its list, does.
  void absent();
  void begin_list(Position at) { begin(false, at); }
  void begin_map(Position at) { begin(true, at); }
  // Closes the innermost container and shows it, complete, where it now stands.
  const Value* end();
  // A copy of a whole value. It counts with all its parts against the limits.
  void copy(const Value& value, Position at);
  // False, and a failure, when copies have used up their budget.
  bool pay_for_copy(const Value& value, Position at);

  void fail(Position at, std::string message, std::string remedy = {});
  bool ok() const { return !error_; }
  base::Error take_error() { return std::move(*error_); }
  // The finished root; the builder is ready for the next document of the stream.
  Document take();
  // Keys of that document that stood twice.
  std::vector<Repeated> take_repeated() { return std::exchange(repeated_, {}); }
  // Forgets an unfinished document and its failure.
  void reset();

 private:
  struct Frame {
    bool is_map = false;
    bool has_key = false;
    bool merging = false;  // the pending key is <<
    Position at;
    Position key_at;
    std::size_t first = 0;  // of its parts in items_ or members_
    std::unique_ptr<Value> merged;
  };

  void begin(bool is_map, Position at);
  bool count_node(Position at);
  Value* add(Value&& value);
  Value close_map(Frame& frame);
  Value merge(Frame& frame, Map own);

  std::shared_ptr<const Source> source_;
  Limits limits_;
  Repeats repeats_;
  std::vector<Frame> open_;
  // The parts of all open containers, innermost last: each container is allocated once, in its
  // final size. A key stands here before its value.
  std::vector<Value> items_;
  std::vector<Member> members_;
  std::vector<Repeated> repeated_;
  Value root_;
  std::uint64_t nodes_ = 0;
  std::uint64_t copied_bytes_ = 0;
  std::optional<base::Error> error_;
};

}  // namespace weft::doc
