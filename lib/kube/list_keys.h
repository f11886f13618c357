// Lists of the Kubernetes API whose items are told apart by a key, as its schemas say with
// x-kubernetes-list-map-keys; used by compare.h.
#pragma once

#include <string>
#include <string_view>

#include "lib/doc/value.h"

namespace weft::kube {

struct ListKeys {
  std::string_view field;   // last part of the path: "containers"
  std::string_view parent;  // the part before it, "" for any
  std::string_view key;
  std::string_view second;          // "" when one key is enough
  std::string_view second_default;  // when an item does not say it
  bool atomic = false;              // one manager owns the whole list: what is not desired goes
};

// Absent when the list has no key, or when the items of one of the two do not have unique ones.
const ListKeys* list_keys(std::string_view path, const doc::Value& desired, const doc::Value& live);

std::string key_text(const ListKeys& keys, const doc::Value& item);  // "name=discovery"
const doc::Value* find_item(const ListKeys& keys, const doc::Value& list, const doc::Value& item);

}  // namespace weft::kube
