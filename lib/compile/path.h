// Places in an object, as the tables name them: "http[*].retries.attempts" below spec, or from the
// root with a slash: "/metadata.annotations.'retry.linkerd.io/limit'".
//
//   [2]      the item with that number         [$]        the last item
//   [*]      every item that is there          [k=v]      the item whose member k is v
//   [i]      the item that belongs to the i-th item of a setting
//   [^i]     the same, among those before the last item
//   [^k=v]   as [k=v]; made before the last item, as filters before the router
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::compile {

struct Step {
  enum class Kind { key, number, every, index, before_last, last, match, match_before_last };
  Kind kind = Kind::key;
  std::string key;  // of a member; of `match` too
  std::string text;
  std::size_t number = 0;
};
using Path = std::vector<Step>;

base::Result<Path> parse_path(std::string_view text);
// It has a step [i] or [^i].
bool is_indexed(const Path& path);

using Visit = std::function<void(doc::Value& value, const std::string& place)>;
// Calls `visit` for every place that the path means, made where it is missing. `index` is i.
void make(doc::Value& root, const Path& path, std::size_t index, const Visit& visit);

using Look = std::function<void(const doc::Value& value, const std::string& place)>;
// The same for places that are there. Of [*], false when an item lacks the rest of the path.
bool look(const doc::Value& root, const Path& path, std::size_t index, const Look& look);
// How many items the step [i] or [^i] has; 0 when the list is not there.
std::size_t count(const doc::Value& root, const Path& path);

}  // namespace weft::compile
