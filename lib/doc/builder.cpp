#include "lib/doc/builder.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "lib/base/format.h"

namespace weft::doc {
namespace {

struct Extent {
  std::uint64_t nodes = 0;
  std::uint64_t bytes = 0;
  std::uint32_t height = 0;  // containers within each other
};

Extent measure(const Value& value) {
  const bool scalar = !value.is_list() && !value.is_map();
  Extent all{1, value.is_string() ? value.string().size() : 0, scalar ? 0u : 1u};
  const auto include = [&all](const Value& part) {
    const Extent extent = measure(part);
    all.nodes += extent.nodes;
    all.bytes += extent.bytes;
    all.height = std::max(all.height, extent.height + 1);
  };
  if (value.is_list()) std::for_each(value.items().begin(), value.items().end(), include);
  if (value.is_map())
    for (const auto& member : value.members()) {
      all.bytes += member.key.size();
      include(member.value);
    }
  return all;
}

// A container of the parts from `first` on, which are no longer among `parts`.
template <typename Container, typename Part>
Container taken_from(std::vector<Part>& parts, std::size_t first) {
  Container taken(parts.data() + first, parts.size() - first);
  parts.resize(first);
  return taken;
}

// Without the members whose key comes again later; each repetition is noted.
Map last_of_each(Map map, std::vector<Repeated>& repeated) {
  std::unordered_map<std::string_view, std::size_t> last;
  std::vector<bool> kept(map.size(), true);
  for (std::size_t i = 0; i < map.size(); ++i) {
    const auto [at, is_new] = last.try_emplace(map[i].key, i);
    if (is_new) continue;
    repeated.push_back({map[i].key, map[i].key_position, map[at->second].key_position});
    kept[std::exchange(at->second, i)] = false;
  }
  std::vector<Member> members;
  for (std::size_t i = 0; i < map.size(); ++i)
    if (kept[i]) members.push_back(std::move(map.begin()[i]));
  return Map(std::move(members));
}

std::string shown(std::string_view key) {
  return key.size() <= 80 ? std::string(key) : fmt::format("{}...", key.substr(0, 80));
}

}  // namespace

void Builder::fail(Position at, std::string message, std::string remedy) {
  if (error_) return;
  error_ = base::Error{base::ExitCode::input, std::move(message), std::move(remedy)}.at(
      source_->where(at));
}

bool Builder::count_node(Position at) {
  if (error_) return false;
  if (++nodes_ > limits_.nodes)
    fail(at, fmt::format("the document has more than {} values", limits_.nodes),
         "split it into several files");
  return !error_;
}

void Builder::key(Text key, Position at) {
  if (error_) return;
  Frame& frame = open_.back();
  frame.key_at = at;
  frame.has_key = true;
  Member& member = members_.emplace_back();
  member.key = std::move(key);
  member.key_position = at;
}

void Builder::merge_key(Position at) {
  if (error_) return;
  if (open_.back().merged)
    return fail(at, "the merge key << stands twice in one map",
                "give it a list: \"<<: [*first, *second]\"");
  open_.back().key_at = at;
  open_.back().has_key = open_.back().merging = true;
}

void Builder::scalar(Value value, Position at) {
  if (!count_node(at)) return;
  value.set_position(at);
  add(std::move(value));
}

void Builder::absent() {
  if (error_) return;
  Position at;
  if (!open_.empty()) at = open_.back().is_map ? open_.back().key_at : open_.back().at;
  scalar(Value(), at);
}

void Builder::begin(bool is_map, Position at) {
  if (!count_node(at)) return;
  if (open_.size() >= limits_.depth)
    return fail(at, fmt::format("nested deeper than {} levels", limits_.depth));
  Frame& frame = open_.emplace_back();
  frame.is_map = is_map;
  frame.at = at;
  frame.first = is_map ? members_.size() : items_.size();
}

const Value* Builder::end() {
  if (error_) return nullptr;
  Frame frame = std::move(open_.back());
  open_.pop_back();
  Value value = frame.is_map ? close_map(frame) : Value(taken_from<List>(items_, frame.first));
  if (error_) return nullptr;
  value.set_position(frame.at);
  return add(std::move(value));
}

Value* Builder::add(Value&& value) {
  if (open_.empty()) {
    root_ = std::move(value);
    return &root_;
  }
  Frame& frame = open_.back();
  frame.has_key = false;
  if (!frame.is_map) return &items_.emplace_back(std::move(value));
  if (frame.merging) {
    frame.merging = false;
    frame.merged = std::make_unique<Value>(std::move(value));
    return frame.merged.get();
  }
  members_.back().value = std::move(value);
  return &members_.back().value;
}

Value Builder::close_map(Frame& frame) {
  auto own = taken_from<Map>(members_, frame.first);
  if (const Member* twice = own.duplicate()) {
    const Position first = own.find(twice->key)->key_position;
    if (repeats_ == Repeats::refused)
      fail(twice->key_position,
           fmt::format("the key \"{}\" stands twice in one map", shown(twice->key)),
           fmt::format("remove one of them: the first is at line {}", first.line));
    else
      own = last_of_each(std::move(own), repeated_);
  }
  return error_ || !frame.merged ? Value(std::move(own)) : merge(frame, std::move(own));
}

Value Builder::merge(Frame& frame, Map own) {
  List sources;
  if (frame.merged->is_list())
    sources = std::move(frame.merged->items());
  else
    sources.push_back(std::move(*frame.merged));
  std::vector<Member> all(std::move_iterator(own.begin()), std::move_iterator(own.end()));
  for (Value& source : sources) {
    if (!source.is_map()) {
      fail(source.position(),
           fmt::format("the merge key << needs a map, found {}", source.kind_name()),
           "quote the key to have it as text: \"<<\"");
      return {};
    }
    std::move(source.members().begin(), source.members().end(), std::back_inserter(all));
  }
  // The first of each key counts: the map's own, then the sources in their order.
  Map repeated(std::move(all));
  std::vector<Member> kept;
  std::vector<bool> first(repeated.size());
  for (std::size_t i = 0; i < repeated.size(); ++i)
    first[i] = repeated.find(repeated[i].key) == &repeated[i];
  for (std::size_t i = 0; i < repeated.size(); ++i)
    if (first[i]) kept.push_back(std::move(repeated.begin()[i]));
  return Value(Map(std::move(kept)));
}

bool Builder::pay_for_copy(const Value& value, Position at) {
  if (error_) return false;
  const Extent extent = measure(value);
  // A copy costs the writer nothing: it weighs more than what is written out.
  constexpr std::uint64_t kWeight = 4;
  nodes_ += kWeight * extent.nodes;
  copied_bytes_ += extent.bytes;
  if (nodes_ > limits_.nodes || copied_bytes_ > limits_.alias_bytes)
    fail(at, "the aliases of the document expand to too much",
         fmt::format("at most {} values and {} MiB of text are copied", limits_.nodes / kWeight,
                     limits_.alias_bytes >> 20));
  else if (open_.size() + extent.height > limits_.depth)
    fail(at, fmt::format("nested deeper than {} levels once the alias is expanded", limits_.depth));
  return !error_;
}

void Builder::copy(const Value& value, Position at) {
  if (pay_for_copy(value, at)) add(Value(value));
}

Document Builder::take() { return {std::exchange(root_, Value{}), source_}; }

void Builder::reset() {
  open_.clear();
  items_.clear();
  members_.clear();
  repeated_.clear();
  root_ = {};
  error_.reset();
  nodes_ = 0;
  copied_bytes_ = 0;
}

}  // namespace weft::doc
