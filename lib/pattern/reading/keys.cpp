#include "lib/pattern/reading/keys.h"

#include <algorithm>
#include <array>

namespace weft::pattern {
namespace {

constexpr std::array<std::string_view, 7> kData = {
    "labels", "annotations", "data", "stringData", "binaryData", "matchLabels", "meshmap"};

bool holds_data(std::string_view key) {
  return std::find(kData.begin(), kData.end(), key) != kData.end();
}

bool has_blank_key(const doc::Map& map) {
  return std::any_of(map.begin(), map.end(), [](const doc::Member& member) {
    return member.key.find(' ') != std::string::npos;
  });
}

std::size_t rename(doc::Value& value, doc::Position& first) {
  std::size_t count = 0;
  doc::Map renamed;
  for (doc::Member& member : value.members()) {
    if (member.key.find(' ') != std::string::npos) {
      if (count++ == 0 && first.line == 0) first = member.key_position;
      std::string key = member.key;
      std::erase(key, ' ');
      member.key = key;
    }
    if (renamed.find(member.key) == nullptr) renamed.push_back(std::move(member));
  }
  value.members() = std::move(renamed);
  return count;
}

}  // namespace

std::size_t remove_blanks(doc::Value& value, doc::Position& first) {
  std::size_t count = 0;
  if (value.is_list())
    for (doc::Value& item : value.items()) count += remove_blanks(item, first);
  if (!value.is_map()) return count;
  if (has_blank_key(value.members())) count += rename(value, first);
  for (doc::Member& member : value.members())
    if (!holds_data(member.key)) count += remove_blanks(member.value, first);
  return count;
}

}  // namespace weft::pattern
