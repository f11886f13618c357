#include "lib/compile/path.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"

namespace weft::compile {
namespace {

using doc::Value;

base::Error malformed(std::string_view text) {
  return {base::ExitCode::bug, fmt::format("the path {} is malformed", text)};
}

std::optional<Step> bracket(std::string_view inside) {
  Step step;
  if (inside == "*") {
    step.kind = Step::Kind::every;
  } else if (inside == "i") {
    step.kind = Step::Kind::index;
  } else if (inside == "^i") {
    step.kind = Step::Kind::before_last;
  } else if (inside == "$") {
    step.kind = Step::Kind::last;
  } else if (const auto equals = inside.find('='); equals != std::string_view::npos) {
    const bool before_last = inside.front() == '^';
    step.kind = before_last ? Step::Kind::match_before_last : Step::Kind::match;
    step.key = inside.substr(before_last ? 1 : 0, equals - (before_last ? 1 : 0));
    step.text = inside.substr(equals + 1);
  } else if (const auto number = base::parse_uint(inside)) {
    step.kind = Step::Kind::number;
    step.number = *number;
  } else {
    return std::nullopt;
  }
  return step;
}

// The end of a name that starts at `at`: a dot, a bracket or the end; quotes may hold both.
std::optional<Step> name(std::string_view text, std::size_t& at) {
  Step step;
  if (at < text.size() && text[at] == '\'') {
    const auto close = text.find('\'', at + 1);
    if (close == std::string_view::npos) return std::nullopt;
    step.key = text.substr(at + 1, close - at - 1);
    at = close + 1;
  } else {
    const auto end = std::min(text.find_first_of(".[", at), text.size());
    step.key = text.substr(at, end - at);
    at = end;
  }
  return step.key.empty() ? std::nullopt : std::optional(step);
}

bool is_match(const Step& step) {
  return step.kind == Step::Kind::match || step.kind == Step::Kind::match_before_last;
}

bool matches(const Value& item, const Step& step) {
  const Value* member = item.find(step.key);
  return member != nullptr && *member == step.text;
}

Value* insert(Value::List& items, std::size_t place, Value value) {
  items.push_back(std::move(value));
  std::rotate(items.begin() + place, items.end() - 1, items.end());
  return &items[place];
}

Value* list_item(Value& list, const Step& step, std::size_t index) {
  if (!list.is_list()) list = Value::list();
  auto& items = list.items();
  const auto before_last = [&items] { return items.empty() ? 0 : items.size() - 1; };
  if (is_match(step)) {
    const auto found =
        std::ranges::find_if(items, [&step](const Value& item) { return matches(item, step); });
    if (found != items.end()) return &*found;
    const auto at = step.kind == Step::Kind::match ? items.size() : before_last();
    return insert(items, at, Value::map().set(step.key, step.text));
  }
  if (step.kind == Step::Kind::last) {
    if (items.empty()) items.push_back({});
    return &items.back();
  }
  const std::size_t place = step.kind == Step::Kind::number ? step.number : index;
  if (step.kind == Step::Kind::before_last) {
    while (items.size() < place + 2) insert(items, before_last(), {});
    return &items[place];
  }
  while (items.size() <= place) items.push_back({});
  return &items[place];
}

const Value* list_item(const Value& list, const Step& step, std::size_t index, std::size_t& place) {
  if (!list.is_list() || list.size() == 0) return nullptr;
  const auto& items = list.items();
  switch (step.kind) {
    case Step::Kind::match:
    case Step::Kind::match_before_last:
      place = static_cast<std::size_t>(
          std::ranges::find_if(items, [&step](const Value& item) { return matches(item, step); }) -
          items.begin());
      break;
    case Step::Kind::last:
      place = items.size() - 1;
      break;
    case Step::Kind::number:
      place = step.number;
      break;
    case Step::Kind::before_last:
      place = index + 1 < items.size() ? index : items.size();
      break;
    default:
      place = index;
  }
  return place < items.size() ? &items[place] : nullptr;
}

std::string with_key(const std::string& place, const std::string& key) {
  return place.empty() ? key : place + "." + key;
}

std::string with_number(const std::string& place, std::size_t number) {
  return fmt::format("{}[{}]", place, number);
}

struct Maker {
  const Path& path;
  std::size_t index;
  const Visit& visit;

  void walk(Value& value, std::size_t depth, const std::string& place) const {
    if (depth == path.size()) return visit(value, place);
    const Step& step = path[depth];
    if (step.kind == Step::Kind::key) {
      if (!value.is_map()) value = Value::map();
      if (value.find(step.key) == nullptr) value.set(step.key, Value());
      return walk(*value.find(step.key), depth + 1, with_key(place, step.key));
    }
    if (step.kind == Step::Kind::every) {
      if (!value.is_list() || value.size() == 0) value = Value::list().push(Value());
      for (std::size_t i = 0; i < value.size(); ++i)
        walk(value.items()[i], depth + 1, with_number(place, i));
      return;
    }
    Value* item = list_item(value, step, index);
    const auto number = static_cast<std::size_t>(item - value.items().data());
    walk(*item, depth + 1, with_number(place, number));
  }
};

struct Looker {
  const Path& path;
  std::size_t index;
  const Look& report;

  bool walk(const Value& value, std::size_t depth, const std::string& place) const {
    if (depth == path.size()) {
      report(value, place);
      return true;
    }
    const Step& step = path[depth];
    if (step.kind == Step::Kind::key) {
      const Value* member = value.find(step.key);
      return member != nullptr && walk(*member, depth + 1, with_key(place, step.key));
    }
    if (step.kind == Step::Kind::every) {
      if (!value.is_list() || value.size() == 0) return false;
      bool all = true;
      for (std::size_t i = 0; i < value.size(); ++i)
        all = walk(value.items()[i], depth + 1, with_number(place, i)) && all;
      return all;
    }
    std::size_t number = 0;
    const Value* item = list_item(value, step, index, number);
    return item != nullptr && walk(*item, depth + 1, with_number(place, number));
  }
};

}  // namespace

base::Result<Path> parse_path(std::string_view text) {
  Path path;
  std::size_t at = 0;
  if (text.starts_with('/'))
    at = 1;
  else
    path.push_back({.key = "spec"});
  while (at < text.size()) {
    if (text[at] == '[') {
      const auto close = text.find(']', at);
      if (close == std::string_view::npos) return malformed(text);
      const auto step = bracket(text.substr(at + 1, close - at - 1));
      if (!step) return malformed(text);
      path.push_back(*step);
      at = close + 1;
    } else {
      const auto step = name(text, at);
      if (!step) return malformed(text);
      path.push_back(*step);
    }
    if (at < text.size() && text[at] == '.') ++at;
  }
  return path;
}

bool is_indexed(const Path& path) {
  return std::ranges::any_of(path, [](const Step& step) {
    return step.kind == Step::Kind::index || step.kind == Step::Kind::before_last;
  });
}

void make(Value& root, const Path& path, std::size_t index, const Visit& visit) {
  Maker{path, index, visit}.walk(root, 0, "");
}

bool look(const Value& root, const Path& path, std::size_t index, const Look& report) {
  return Looker{path, index, report}.walk(root, 0, "");
}

std::size_t count(const Value& root, const Path& path) {
  const auto step = std::ranges::find_if(path, [](const Step& each) {
    return each.kind == Step::Kind::index || each.kind == Step::Kind::before_last;
  });
  if (step == path.end()) return 0;
  std::size_t size = 0;
  look(root, Path(path.begin(), step), 0, [&](const Value& list, const std::string&) {
    const std::size_t own = list.is_list() ? list.size() : 0;
    size = step->kind == Step::Kind::before_last && own > 0 ? own - 1 : own;
  });
  return size;
}

}  // namespace weft::compile
